import { expect, test } from 'vitest';
import { CLIENTS } from '../../client/index.js';
import { CLIENTS as ANSWERED } from '../../hook/index.js';

test('what is written for each client is answered', () => {
  expect(CLIENTS.map(({ name }) => name)).toEqual([...ANSWERED]);
});
