import { dirname, join } from 'node:path';
import { findSeen } from '../read/index.js';
import { contentOf, type Content } from './content.js';
import type { Guard, Step } from './guard.js';
import { haveSeen } from './look.js';
import { accountFor } from './sweep.js';
import { targetOf } from './target.js';

/** A tool call that is going to show a file. */
export interface ReadIntent {
  path: string;
  /** First line shown, from 1. */
  offset?: number;
  /** How many lines at most. */
  limit?: number;
}

// What the Read tool of Claude Code shows at most of a file for which no limit was asked.
const MOST_LINES = 2_000;
const LONGEST_LINE = 2_000;
const MOST_BYTES = 256 * 1024;

/** What is shown counts as seen at the content that is there now: the tool reads after this. */
export async function beforeRead(
  guard: Guard,
  step: Step,
  { path, offset = 1, limit }: ReadIntent,
): Promise<void> {
  await noteRead(guard, step, path, (content) => isShownWhole(content, offset, limit));
}

/** Records that an agent sees a file of a checkout; nothing where there is none. */
export async function noteRead(
  guard: Guard,
  { agent, cwd }: Step,
  path: string,
  whole: boolean | ((content: Content) => boolean),
): Promise<void> {
  const target = targetOf(guard.commonDir, cwd, path);
  if (target.where !== 'checkout') return;
  const content = contentOf(target.file);
  if (content.hash === '') return;
  const isWhole = typeof whole === 'boolean' ? whole : whole(content);
  const { checkout } = target;
  await guard.store.transaction(async (tx) => {
    await accountFor(guard, tx, target, content);
    const before = await findSeen(tx, { agentId: agent.id, checkout }, target.path);
    const knewAll = before?.whole === true && before.hash === content.hash;
    await haveSeen(guard, tx, agent.id, target, { content, whole: isWhole || knewAll });
  });
}

/** Of files of instructions, those that are in a folder or above it in the same checkout count as seen in part. */
export async function noteInstructions(guard: Guard, step: Step, names: readonly string[]): Promise<void> {
  const here = targetOf(guard.commonDir, step.cwd, '.callsheet-here');
  if (here.where !== 'checkout') return;
  for (let folder = dirname(here.file); isIn(here.checkout, folder); folder = dirname(folder))
    for (const name of names) await noteRead(guard, step, join(folder, name), false);
}

function isIn(checkout: string, folder: string): boolean {
  return folder === checkout || folder.startsWith(`${checkout}/`);
}

function isShownWhole({ bytes }: Content, offset: number, limit: number | undefined): boolean {
  if (bytes === undefined || offset > 1) return false;
  // What is no text is shown as what it is.
  if (bytes.includes(0)) return limit === undefined;
  if (bytes.length > MOST_BYTES) return false;
  const lines = bytes.toString('utf8').split('\n');
  return lines.length - 1 <= (limit ?? MOST_LINES) && lines.every((line) => line.length <= LONGEST_LINE);
}
