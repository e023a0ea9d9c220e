// The part of WebAssembly that `sha1.ts` is written in, as bytes: a function of one integer over one page of memory.
// https://webassembly.github.io/spec/core/binary/

/** Instructions and numbers, in their order. */
export type Code = readonly (number | Code)[];

/** Bytes of one page of memory. */
export const PAGE_BYTES = 65_536;

/** A number as WebAssembly writes it: seven bits to a byte, the lowest first, the sign in the last. */
function number(value: number): Code {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, number(value >> 7)];
}

const flat = (code: readonly unknown[]): number[] => code.flat(Number.POSITIVE_INFINITY) as number[];
const sized = (...code: Code): Code => [number(flat(code).length), code];
const section = (id: number, count: number, ...code: Code): Code => [id, sized(count, code)];
const named = (text: string): Code => sized(...Buffer.from(text));

/** What takes two values: more are joined from the left. */
const joined =
  (instruction: number) =>
  (first: Code, ...others: Code[]): Code => [first, others.map((each) => [each, instruction])];
const isLess = joined(0x49);
export const sum = joined(0x6a);
export const and = joined(0x71);
export const or = joined(0x72);
export const xor = joined(0x73);

export const constant = (value: number): Code => [0x41, number(value | 0)];
export const valueOf = (local: number): Code => [0x20, local];
export const set = (local: number, value: Code): Code => [value, 0x21, local];
export const rotated = (value: Code, bits: number): Code => [value, constant(bits), 0x77];
/** The integer at `place` bytes after an address. */
export const load = (place: number, address: Code): Code => [address, 0x28, 2, number(place)];
export const store = (place: number, address: Code, value: Code): Code => [
  ...[address, value],
  ...[0x36, 2, number(place)],
];
/** Adds a step to a local after each time, and goes on while it is less than the limit. */
export const loop = (local: number, step: number, limit: Code, ...body: Code): Code => [
  [0x03, 0x40, body, set(local, sum(valueOf(local), constant(step)))],
  [isLess(valueOf(local), limit), 0x0d, 0, 0x0b],
];

/** The types of Node have no WebAssembly. */
declare const WebAssembly: {
  Module: new (program: Uint8Array) => object;
  Instance: new (module: object) => { exports: object };
};

export interface Program {
  memory: { buffer: ArrayBuffer };
  run(argument: number): void;
}

const INTEGER = 0x7f;

/**
 * A program whose `run` is a function of one integer (local 0), with eight more locals.
 * @throws {ReferenceError} where WebAssembly is switched off. @throws {RangeError} where it is given no memory.
 */
export function programOf(run: Code): Program {
  const code = flat([
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, 1, 0x60, 1, INTEGER, 0),
    section(3, 1, 0),
    section(5, 1, 0, 1),
    section(7, 2, named('memory'), 2, 0, named('run'), 0, 0),
    section(10, 1, sized(1, 8, INTEGER, run, 0x0b)),
  ]);
  return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(code))).exports as Program;
}
