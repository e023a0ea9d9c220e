import { expect, test } from 'vitest';
import { flagOf, OPERATIONS } from './index.js';

test('every operation has a name of its own, rights and one line of help', () => {
  const names = OPERATIONS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, rights, help } of OPERATIONS) {
    expect(name).toMatch(/^[a-z]+(\.[a-z]+)?$/);
    expect(rights.length, name).toBeGreaterThan(0);
    expect(help, name).toMatch(/^[A-Z][^\n]+$/);
  }
});

test('no option has the name or letter of another, nor of one that every command has', () => {
  for (const { name, input } of OPERATIONS) {
    const options = Object.entries(input).filter(([, { positional }]) => positional !== true);
    const flags = ['json', 'repository', 'as', 'help', ...options.map(([key, field]) => flagOf(key, field))];
    const letters = ['C', 'h', ...options.flatMap(([, { short }]) => short ?? [])];
    expect(new Set(flags).size, name).toBe(flags.length);
    expect(new Set(letters).size, name).toBe(letters.length);
  }
});

test('an argument that may be left out, or takes the rest, stands behind those that must be given', () => {
  for (const { name, input } of OPERATIONS) {
    const places = Object.values(input).filter(({ positional }) => positional === true);
    const firstOptional = places.findIndex(({ required }) => required !== true);
    const behind = firstOptional === -1 ? [] : places.slice(firstOptional);
    expect(
      behind.some(({ required }) => required === true),
      name,
    ).toBe(false);
    expect(
      places.slice(0, -1).some(({ many }) => many === true),
      name,
    ).toBe(false);
  }
});
