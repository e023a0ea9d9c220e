import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandEnv } from './env-template.js';

const expanded = (value: string, slot = 7): string | undefined => expandEnv({ VALUE: value }, { slot }).VALUE;

describe('a variable of a workspace', () => {
  test.each([
    ['{slot}', '7'],
    ['{4000+slot}', '4007'],
    ['{slot*10+3000}', '3070'],
    ['{ 3000 + 10 * slot - 1 }', '3069'],
    ['{slot-10}', '-3'],
    ['http://localhost:{4000+slot}/{slot}', 'http://localhost:4007/7'],
    ['db_{slot}.sqlite', 'db_7.sqlite'],
    ['{999999999999999*999999999999999}', '999999999999998000000000000001'],
  ])('%s is worked out to %s', (value, expected) => {
    expect(expanded(value)).toBe(expected);
  });

  test.each([
    'plain',
    '{"port": 4000}',
    '{}',
    '{slots}',
    '{1+}',
    '{+1}',
    '{1 2}',
    '{slot',
    '{process.exit(1)}',
    '{1/0}',
  ])('%s stays as it is', (value) => {
    expect(expanded(value)).toBe(value);
  });

  test('is what the same sum is in arithmetic', () => {
    const operand = fc.oneof(fc.nat(999), fc.constant('slot'));
    const tail = fc.array(fc.tuple(fc.constantFrom('+', '-', '*'), operand), { maxLength: 5 });
    fc.assert(
      fc.property(operand, tail, fc.nat(99), (first, rest, slot) => {
        const sum = `${first}${rest.flat().join('')}`;
        const terms = sum.replaceAll('slot', String(slot)).match(/[+-]?[^+-]+/g) ?? [];
        const value = terms.reduce((total, term) => {
          const product = term
            .replace(/^[+-]/, '')
            .split('*')
            .reduce((all, part) => all * BigInt(part), 1n);
          return term.startsWith('-') ? total - product : total + product;
        }, 0n);
        expect(expanded(`{${sum}}`, slot)).toBe(String(value));
      }),
    );
  });
});
