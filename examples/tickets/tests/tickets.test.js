import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startService } from './service.js';

const { call } = await startService();

test('the service says that it is up', async () => {
  assert.deepEqual(await call('GET', '/health'), { status: 200, body: { state: 'up' } });
});

test('a ticket is opened and can be read', async () => {
  const opened = await call('POST', '/tickets', { title: 'Printer on fire', body: 'Third floor' });
  assert.equal(opened.status, 201);
  assert.equal(opened.body.title, 'Printer on fire');
  assert.equal(opened.body.state, 'open');
  assert.deepEqual(await call('GET', `/tickets/${opened.body.id}`), { status: 200, body: opened.body });
});

test('the newest ticket is listed first', async () => {
  await call('POST', '/tickets', { title: 'Older' });
  await call('POST', '/tickets', { title: 'Newer' });
  const { body } = await call('GET', '/tickets');
  assert.deepEqual(
    body.tickets.slice(0, 2).map(({ title }) => title),
    ['Newer', 'Older'],
  );
});

test('a closed ticket stays readable', async () => {
  const { body: opened } = await call('POST', '/tickets', { title: 'Lamp flickers' });
  const closed = await call('POST', `/tickets/${opened.id}/close`);
  assert.equal(closed.body.state, 'closed');
  assert.equal((await call('GET', `/tickets/${opened.id}`)).body.state, 'closed');
});

test('a ticket that is not there is 404, and so is an unknown path', async () => {
  assert.equal((await call('GET', '/tickets/999')).status, 404);
  assert.equal((await call('POST', '/tickets/999/close')).status, 404);
  assert.equal((await call('GET', '/nowhere')).status, 404);
});

test('what is not a ticket is refused', async () => {
  assert.equal((await call('POST', '/tickets', { body: 'no title' })).status, 400);
  assert.equal((await call('POST', '/tickets', '{ not json')).status, 400);
  assert.equal((await call('POST', '/tickets', { title: 'x', body: 'y'.repeat(70_000) })).status, 413);
});
