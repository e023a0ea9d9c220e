import { expect, test } from 'vitest';
import { CLIENTS } from '../../client/index.js';
import { CLIENTS as ANSWERED } from '../../hook/index.js';

test('hooks are written for the clients whose hooks are answered, and for no other', () => {
  const written = CLIENTS.filter(({ hooks }) => hooks !== undefined).map(({ name }) => name);
  expect(written).toEqual([...ANSWERED]);
});
