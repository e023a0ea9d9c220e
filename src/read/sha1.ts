import {
  and,
  constant,
  load,
  loop,
  or,
  PAGE_BYTES,
  programOf,
  rotated,
  set,
  store,
  sum,
  valueOf,
  xor,
  type Code,
  type Program,
} from './wasm-code.js';

// SHA-1 as WebAssembly, for processes that hash a file or two: `node:crypto` takes 4 ms to load, a sixth of what Node takes
// to start, and JavaScript that runs for the first time as long for 4 kB. This takes 1 ms.
// https://www.rfc-editor.org/rfc/rfc3174

// Places in memory, in bytes: the state, the words of a block, what is hashed.
const STATE = 0;
const WORDS = 64;
const INPUT = 1_024;
const BLOCK_BYTES = 64;
const INPUT_BYTES = PAGE_BYTES - INPUT;

/** Adds as many bytes of the input as local 0 says, whole blocks, to the state. */
function blocksAdded(): Code {
  const [END, AT, I, A, B, C, D, E, NEXT] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const [a, b, c, d, e] = [valueOf(A), valueOf(B), valueOf(C), valueOf(D), valueOf(E)] as const;
  const i = valueOf(I);
  const nothing = constant(0);
  const input = load(INPUT, sum(valueOf(AT), i));
  const earlier = (words: number): Code => load(WORDS, sum(i, constant(-4 * words)));
  const parity = xor(b, c, d);
  const rounds = (until: number, mixed: Code, key: number): Code => {
    const next = sum(rotated(a, 5), mixed, e, constant(key), load(WORDS, i));
    const moved = [set(E, d), set(D, c), set(C, rotated(b, 30)), set(B, a), set(A, valueOf(NEXT))];
    return loop(I, 4, constant(4 * until), set(NEXT, next), moved);
  };
  const state = [A, B, C, D, E].map((local, index) => ({ local, place: STATE + 4 * index }));
  // The highest byte of each word comes first.
  const word = or(
    and(rotated(input, 8), constant(0x00ff00ff)),
    and(rotated(input, 24), constant(0xff00ff00)),
  );
  const mixedWord = rotated(xor(earlier(3), earlier(8), earlier(14), earlier(16)), 1);
  return loop(
    ...([AT, BLOCK_BYTES, valueOf(END)] as const),
    set(I, nothing),
    loop(I, 4, constant(BLOCK_BYTES), store(WORDS, i, word)),
    loop(I, 4, constant(4 * 80), store(WORDS, i, mixedWord)),
    set(I, nothing),
    state.map(({ local, place }) => set(local, load(place, nothing))),
    rounds(20, xor(and(b, xor(c, d)), d), 0x5a827999),
    rounds(40, parity, 0x6ed9eba1),
    rounds(60, or(and(b, c), and(b, d), and(c, d)), 0x8f1bbcdc),
    rounds(80, parity, 0xca62c1d6),
    state.map(({ local, place }) => store(place, nothing, sum(valueOf(local), load(place, nothing)))),
  );
}

const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
let hasher: Program | undefined;

/** @returns 40 hexadecimal characters. @throws {ReferenceError | RangeError} where there is no WebAssembly. */
export function sha1(message: Buffer): string {
  hasher ??= programOf(blocksAdded());
  const memory = Buffer.from(hasher.memory.buffer);
  START.forEach((word, index) => memory.writeUInt32LE(word, STATE + 4 * index));
  const padded = Buffer.concat([message, ending(message.length)]);
  for (let from = 0; from < padded.length; from += INPUT_BYTES)
    hasher.run(padded.copy(memory, INPUT, from, from + INPUT_BYTES));
  return START.map((_, index) =>
    memory
      .readUInt32LE(STATE + 4 * index)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}

/** A one, as many zeros as fill the last block, and the length in bits. */
function ending(length: number): Buffer {
  const zeros = BLOCK_BYTES - 1 - ((length + 8) % BLOCK_BYTES);
  const end = Buffer.alloc(1 + zeros + 8);
  end[0] = 0x80;
  end.writeBigUInt64BE(BigInt(length) * 8n, 1 + zeros);
  return end;
}
