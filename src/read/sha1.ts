/**
 * SHA-1 of the bytes of some parts, one behind the other, as hex. For what is small, in a process that ends soon: it is
 * done before Node's own hashes are loaded, which take all of Node's streams along. Of 4 kB in a new process that is 0.7 ms
 * to 3.6; the libraries for it took 1.6 to 2.8. Spelled out, without a call for each step, since a small text is
 * through before V8 has compiled any of it; and five rounds at a time, since V8 begins to compile a loop that is run more
 * often, beside the process, and ends that when it is of no use any more.
 * @see https://csrc.nist.gov/pubs/fips/180-4/upd1/final (6.1.2)
 */
export function sha1(...parts: readonly Buffer[]): string {
  const words = paddedWords(parts);
  const w = new Int32Array(80);
  let a0 = 0x67452301;
  let b0 = 0xefcdab89 | 0;
  let c0 = 0x98badcfe | 0;
  let d0 = 0x10325476;
  let e0 = 0xc3d2e1f0 | 0;
  for (let at = 0; at < words.length; at += 16) {
    let a = a0;
    let b = b0;
    let c = c0;
    let d = d0;
    let e = e0;
    let t = 0;
    let i = 0;
    for (; i < 16; i += 1) w[i] = words[at + i]!;
    for (; i < 80; i += 1) {
      t = w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!;
      w[i] = (t << 1) | (t >>> 31);
    }
    for (i = 0; i < 20; i += 5) {
      e = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + w[i]!) | 0;
      b = (b << 30) | (b >>> 2);
      d = (((e << 5) | (e >>> 27)) + (c ^ (a & (b ^ c))) + d + 0x5a827999 + w[i + 1]!) | 0;
      a = (a << 30) | (a >>> 2);
      c = (((d << 5) | (d >>> 27)) + (b ^ (e & (a ^ b))) + c + 0x5a827999 + w[i + 2]!) | 0;
      e = (e << 30) | (e >>> 2);
      b = (((c << 5) | (c >>> 27)) + (a ^ (d & (e ^ a))) + b + 0x5a827999 + w[i + 3]!) | 0;
      d = (d << 30) | (d >>> 2);
      a = (((b << 5) | (b >>> 27)) + (e ^ (c & (d ^ e))) + a + 0x5a827999 + w[i + 4]!) | 0;
      c = (c << 30) | (c >>> 2);
    }
    for (; i < 40; i += 5) {
      e = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + w[i]!) | 0;
      b = (b << 30) | (b >>> 2);
      d = (((e << 5) | (e >>> 27)) + (a ^ b ^ c) + d + 0x6ed9eba1 + w[i + 1]!) | 0;
      a = (a << 30) | (a >>> 2);
      c = (((d << 5) | (d >>> 27)) + (e ^ a ^ b) + c + 0x6ed9eba1 + w[i + 2]!) | 0;
      e = (e << 30) | (e >>> 2);
      b = (((c << 5) | (c >>> 27)) + (d ^ e ^ a) + b + 0x6ed9eba1 + w[i + 3]!) | 0;
      d = (d << 30) | (d >>> 2);
      a = (((b << 5) | (b >>> 27)) + (c ^ d ^ e) + a + 0x6ed9eba1 + w[i + 4]!) | 0;
      c = (c << 30) | (c >>> 2);
    }
    for (; i < 60; i += 5) {
      e = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + 0x8f1bbcdc + w[i]!) | 0;
      b = (b << 30) | (b >>> 2);
      d = (((e << 5) | (e >>> 27)) + ((a & b) | (c & (a | b))) + d + 0x8f1bbcdc + w[i + 1]!) | 0;
      a = (a << 30) | (a >>> 2);
      c = (((d << 5) | (d >>> 27)) + ((e & a) | (b & (e | a))) + c + 0x8f1bbcdc + w[i + 2]!) | 0;
      e = (e << 30) | (e >>> 2);
      b = (((c << 5) | (c >>> 27)) + ((d & e) | (a & (d | e))) + b + 0x8f1bbcdc + w[i + 3]!) | 0;
      d = (d << 30) | (d >>> 2);
      a = (((b << 5) | (b >>> 27)) + ((c & d) | (e & (c | d))) + a + 0x8f1bbcdc + w[i + 4]!) | 0;
      c = (c << 30) | (c >>> 2);
    }
    for (; i < 80; i += 5) {
      e = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + w[i]!) | 0;
      b = (b << 30) | (b >>> 2);
      d = (((e << 5) | (e >>> 27)) + (a ^ b ^ c) + d + 0xca62c1d6 + w[i + 1]!) | 0;
      a = (a << 30) | (a >>> 2);
      c = (((d << 5) | (d >>> 27)) + (e ^ a ^ b) + c + 0xca62c1d6 + w[i + 2]!) | 0;
      e = (e << 30) | (e >>> 2);
      b = (((c << 5) | (c >>> 27)) + (d ^ e ^ a) + b + 0xca62c1d6 + w[i + 3]!) | 0;
      d = (d << 30) | (d >>> 2);
      a = (((b << 5) | (b >>> 27)) + (c ^ d ^ e) + a + 0xca62c1d6 + w[i + 4]!) | 0;
      c = (c << 30) | (c >>> 2);
    }
    a0 = (a0 + a) | 0;
    b0 = (b0 + b) | 0;
    c0 = (c0 + c) | 0;
    d0 = (d0 + d) | 0;
    e0 = (e0 + e) | 0;
  }
  return [a0, b0, c0, d0, e0].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

const BLOCK_BYTES = 64;
/** A bit behind the text, and its length. */
const LEAST_PADDING = 9;

function paddedWords(parts: readonly Buffer[]): Int32Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = Buffer.alloc(Math.ceil((length + LEAST_PADDING) / BLOCK_BYTES) * BLOCK_BYTES);
  let end = 0;
  for (const part of parts) end += part.copy(bytes, end);
  bytes[end] = 0x80;
  bytes.writeUInt32BE(length * 8, bytes.length - 4);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  if (IS_LITTLE_ENDIAN) bytes.swap32();
  return words;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
