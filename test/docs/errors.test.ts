import { describe, expect, test } from 'vitest';
import { headingsOf, sectionOf } from './documents.js';
import { sourceCodes } from './source-codes.js';

const FILE = 'docs/errors.md';

describe('the reference of errors', () => {
  test('has every code of the source, and no other', () => {
    const inSource = [...sourceCodes().errors].sort();
    expect(inSource.length).toBeGreaterThan(100);
    expect(headingsOf(FILE, 3).sort()).toEqual(inSource);
  });

  test('says of each what it means and what to do', () => {
    const silent = headingsOf(FILE, 3).filter(
      (code) => !/\w.*What to do: \S/s.test(sectionOf(FILE, `### ${code}`)),
    );
    expect(silent).toEqual([]);
  });
});
