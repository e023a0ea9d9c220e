import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../src/config.js';
import { formatTicket, formatTime } from '../src/format.js';

test('times are ISO, and null when they have not come', () => {
  assert.equal(formatTime(0), '1970-01-01T00:00:00.000Z');
  assert.equal(formatTime(undefined), null);
});

test('a ticket shows no internal fields', () => {
  const shown = formatTicket({ id: '1', title: 't', body: '', state: 'open', createdAt: 0, secret: 's' });
  assert.equal('secret' in shown, false);
});

test('a port out of range is refused by name', () => {
  assert.equal(readConfig({}).port, 3000);
  assert.throws(() => readConfig({ PORT: '70000' }), /PORT must be a number from 0 to 65535, not "70000"/);
});
