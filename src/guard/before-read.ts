import { dirname, join } from 'node:path';
import { lookAtFile, upToDate, type Content } from './content.js';
import type { Guard, Step } from './guard.js';
import { changesIn, haveSeen, pictureOf, type Picture } from './look.js';
import { accountFor } from './sweep.js';
import { keepBefore } from '../read/index.js';
import { targetOf } from './target.js';

/** A tool call that is going to show a file. */
export interface ReadIntent {
  /** The client's id of the call. */
  callId: string;
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

/** What a call shows of a file: all of it, something of it, or these lines (from 1, both included). */
type Shown = boolean | { from: number; to: number };

/** What is shown counts as seen at the content that is there now: the tool reads after this. */
export async function beforeRead(
  guard: Guard,
  step: Step,
  { callId, path, offset = 1, limit }: ReadIntent,
): Promise<void> {
  await noteRead(guard, step, path, (content) => shownOf(content, offset, limit), callId);
}

/**
 * Records that an agent sees a file of a checkout; nothing where there is none. A part tells nothing of what has changed
 * in the rest: of that it goes on knowing what it knew.
 * @param callId The call that is to show it, of a client that says afterwards whether it did.
 */
export async function noteRead(
  guard: Guard,
  { agent, cwd }: Step,
  path: string,
  shown: Shown | ((content: Content) => Shown),
  callId?: string,
): Promise<void> {
  const target = targetOf(guard.commonDir, cwd, path);
  if (target.where !== 'checkout') return;
  const found = await lookAtFile(guard.store, target.checkout, target.path);
  if (found.hash === '') return;
  await guard.store.transaction(async (tx) => {
    const content = upToDate(target.file, found);
    if (content.hash === '') return;
    const part = typeof shown === 'function' ? shown(content) : shown;
    await accountFor(guard, tx, target, content);
    const picture = await pictureOf(guard, tx, agent.id, target);
    const knew = picture.seen?.hash === '' ? undefined : picture.seen;
    const whole = part === true || knew?.whole === true;
    if (part !== true && knew !== undefined && !isAllNew(picture, content, part)) return;
    const isNews = knew?.hash !== content.hash || knew.whole !== whole;
    if (callId !== undefined && isNews)
      await keepBefore(
        tx,
        { agentId: agent.id, checkout: target.checkout },
        { callId, path: target.path, shown: content.hash },
      );
    await haveSeen(guard, tx, agent.id, target, { content, whole });
  });
}

/** Whether what is shown holds all that has changed since the agent last knew the file. */
function isAllNew(picture: Picture, content: Content, part: Shown): boolean {
  if (picture.seen?.hash === content.hash) return true;
  if (typeof part === 'boolean') return part;
  // Where lines only went away, those on both sides of them show it.
  return (
    changesIn(picture, content)?.places.every(
      ({ from, to }) => Math.min(from, Math.max(1, to)) >= part.from && Math.max(from, to) <= part.to,
    ) === true
  );
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

function shownOf({ bytes }: Content, offset: number, limit: number | undefined): Shown {
  if (bytes === undefined) return false;
  // What is no text is shown as what it is.
  if (bytes.includes(0)) return offset <= 1 && limit === undefined;
  if (bytes.length > MOST_BYTES && limit === undefined) return false;
  const lines = bytes.toString('utf8').split('\n');
  const [from, to] = [Math.max(1, offset), Math.max(1, offset) - 1 + (limit ?? MOST_LINES)];
  if (lines.slice(from - 1, to).some((line) => line.length > LONGEST_LINE)) return false;
  return (from === 1 && lines.length - 1 <= to && bytes.length <= MOST_BYTES) || { from, to };
}
