import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNewTicket } from '../src/validation.js';

const refused = (input, message) => assert.throws(() => readNewTicket(input), { status: 400, message });

test('text is trimmed, and a body may be left out', () => {
  const ticket = readNewTicket({ title: '  Leak ' });
  assert.equal(ticket.title, 'Leak');
  assert.equal(ticket.body, '');
});

test('a title is needed', () => {
  refused({}, 'title is missing');
  refused({ title: '   ' }, 'title is missing');
});

test('text has a type and a length', () => {
  refused({ title: 7 }, 'title is text');
  refused({ title: 'x'.repeat(121) }, 'title may have 120 characters');
});

test('only an object is a ticket', () => {
  refused(undefined, 'A ticket is an object');
  refused([], 'A ticket is an object');
});

test('unknown fields are left out', () => {
  assert.equal('isAdmin' in readNewTicket({ title: 'x', isAdmin: true }), false);
});
