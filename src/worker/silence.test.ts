import { expect, test } from 'vitest';
import { silenceMeter } from './silence.js';

const DAY_MS = 24 * 3_600_000;

test('silence counts from the last sign of any source', () => {
  const meter = silenceMeter();
  expect(meter.look(100, 1_100, [1_000, undefined])).toBe(100);
  expect(meter.look(50, 1_150, [1_000, 1_130])).toBe(20);
  expect(meter.look(50, 1_200, [1_000, 1_130])).toBe(70);
  expect(meter.look(10, 1_210, [1_205, 1_130])).toBe(5);
});

test('a clock that is put forward makes nobody look silent who has just been heard', () => {
  const meter = silenceMeter();
  meter.look(100, 1_100, [1_000]);
  expect(meter.look(50, 1_150 + DAY_MS, [1_140])).toBe(50);
  expect(meter.look(50, 1_200 + DAY_MS, [1_140])).toBe(100);
});

test('a clock that is put back does not make silence unseen', () => {
  const meter = silenceMeter();
  meter.look(100, 1_100, [1_050]);
  expect(meter.look(100, 1_200 - DAY_MS, [1_050])).toBe(150);
  expect(meter.look(100, 1_300 - DAY_MS, [1_280 - DAY_MS])).toBe(20);
});
