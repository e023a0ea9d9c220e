import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha1 } from './sha1.js';

const sha1OfNode = (message: Buffer): string => createHash('sha1').update(message).digest('hex');

test('it is the SHA-1 that Node computes, of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha1(Buffer.from(bytes))).toBe(sha1OfNode(Buffer.from(bytes)));
    }),
  );
});

// A block has 64 bytes, and the memory holds 64,512 of what is hashed.
test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 64_446, 64_503, 64_504, 64_512, 64_513, 200_000])(
  'of %i bytes',
  (length) => {
    const message = Buffer.from(Array.from({ length }, (_, at) => (at * 7_919) % 251));
    expect(sha1(message)).toBe(sha1OfNode(message));
  },
);
