import { readBlob } from '../blob/index.js';
import { contentHash } from '../read/index.js';
import type { OpenCall, Write } from '../write/index.js';
import type { Content } from './content.js';
import type { Guard } from './guard.js';
import { contentAfter } from './place-of-edit.js';
import { rebased } from './rebase.js';
import { sameButLayout, withoutLayout } from './undone.js';

/** What a file should hold, as far as its bytes are kept. */
export type Foreseen = Pick<Content, 'hash' | 'bytes'>;

/** Whether a call has left behind what it was to, but for what a formatter makes of that. */
export function isAsExpected(guard: Guard, call: OpenCall, content: Content): boolean {
  const wanted = wantedBy(guard, call);
  return wanted === undefined || isSame(wanted, content);
}

/** Of calls that are being accounted for: each is asked about several times. */
const outcomes = new WeakMap<OpenCall, { of: Foreseen | undefined }>();

/** What a call was to leave behind; undefined where that cannot be foreseen. */
export function wantedBy(guard: Guard, call: OpenCall): Foreseen | undefined {
  const known = outcomes.get(call) ?? { of: workedOut(guard, call) };
  outcomes.set(call, known);
  return known.of;
}

function workedOut(guard: Guard, call: OpenCall): Foreseen | undefined {
  const { before, edits, expected } = call;
  if (edits === undefined) return expected === undefined ? undefined : kept(guard, expected);
  const old = kept(guard, before).bytes;
  const bytes = old && contentAfter(old, edits, call.kind === 'whole');
  return bytes && { hash: contentHash(bytes, ''), bytes };
}

/** Whether two contents are the same but for what a formatter does. */
export function isSame(one: Foreseen, other: Foreseen): boolean {
  if (one.hash === other.hash) return true;
  return one.bytes !== undefined && other.bytes !== undefined && sameButLayout(one.bytes, other.bytes);
}

/**
 * Whether a tool has done what it was let through for, as far as what is there tells: what it was to bring is there, but
 * for its layout, whatever else has changed. What cannot be foreseen counts as done as soon as the file is another.
 */
export function isMade(guard: Guard, call: OpenCall, content: Content): boolean {
  if (content.hash === call.before) return false;
  if (isAsExpected(guard, call, content)) return true;
  const [old, wanted] = [kept(guard, call.before), wantedBy(guard, call)];
  if (old.bytes === undefined || wanted?.bytes === undefined || content.bytes === undefined) return false;
  const [before, now] = [withoutLayout(old.bytes), withoutLayout(content.bytes)];
  const brought = linesBeside(wanted.bytes, before);
  if (brought.length > 0) return isMost(brought, (line) => now.includes(line));
  const gone = linesBeside(old.bytes, withoutLayout(wanted.bytes));
  return gone.length > 0 && isMost(gone, (line) => !now.includes(line));
}

/**
 * What a file should hold once a call has been made beside the writes recorded since it was let through, the likeliest
 * first. Nothing where that cannot be told.
 */
export function foreseenBy(guard: Guard, call: OpenCall, since: readonly Write[]): Foreseen[] {
  const alone = wantedBy(guard, call);
  if (alone === undefined) return [];
  if (since.length === 0) return [alone];
  let all: Buffer | undefined = kept(guard, call.before).bytes;
  const steps = since.map(({ before, after }) => ({
    before: kept(guard, before),
    after: kept(guard, after),
  }));
  for (const { before, after } of [...steps, { before: kept(guard, call.before), after: alone }])
    all = all && before.bytes && after.bytes && rebased({ before: before.bytes, after: after.bytes }, all);
  const together = all === undefined ? [] : [{ hash: contentHash(all, ''), bytes: all }];
  return call.kind === 'whole' ? [...together, alone] : together;
}

function kept({ sheetFolder }: Guard, hash: string): Foreseen {
  const bytes = hash === '' ? Buffer.alloc(0) : readBlob(sheetFolder, hash);
  return { hash, ...(bytes === undefined ? {} : { bytes }) };
}

/** The lines of a text, without their layout, that another does not hold. */
function linesBeside(text: Buffer, other: string): string[] {
  const lines = text.toString('utf8').split('\n');
  return lines.map((line) => withoutLayout(Buffer.from(line))).filter((line) => !other.includes(line));
}

function isMost(lines: readonly string[], fits: (line: string) => boolean): boolean {
  return 2 * lines.filter(fits).length >= lines.length;
}
