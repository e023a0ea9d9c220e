import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from '../src/store.js';

test('tickets get ids in their order', () => {
  const store = createStore({ now: () => 5 });
  assert.deepEqual(store.create({ title: 'a' }), { id: '1', title: 'a', state: 'open', createdAt: 5 });
  assert.equal(store.create({ title: 'b' }).id, '2');
});

test('an update changes what it names and nothing else', () => {
  const store = createStore();
  const { id } = store.create({ title: 'a' });
  assert.equal(store.update(id, { state: 'closed' }).title, 'a');
  assert.equal(store.find(id).state, 'closed');
});

test('an update of nothing is undefined', () => {
  assert.equal(createStore().update('1', {}), undefined);
});
