import { keepBlob } from '../blob/index.js';
import type { Transaction } from '../store/index.js';
import { newestWrite, openCall, openCallsOn } from '../write/index.js';
import { policyOf } from './policy.js';
import { lookAtFile, upToDate, type Content } from './content.js';
import type { Guard, Step } from './guard.js';
import { isAwaited } from './left-open.js';
import { noteContent, type Place } from './look.js';
import type { WrittenFile } from './shell-writes.js';
import { accountFor } from './sweep.js';
import { isLastLook, untilNextLook } from './patience.js';
import { targetOf } from './target.js';

/** A file of a checkout that a command writes. */
interface Target extends Place {
  /** Absolute. */
  file: string;
  /** What tells its call from those of the other files. */
  callId: string;
  /** Whether what it will hold stands in the command itself. */
  isText: boolean;
}

/**
 * A command is going to write files that it names: it waits a while for what others are writing there, so that it is
 * known afterwards who wrote what; it is not refused. What it replaces is kept.
 */
export async function beforeShellWrites(
  guard: Guard,
  step: Step,
  callId: string,
  files: readonly WrittenFile[],
): Promise<void> {
  const targets = await targetsOf(guard, step, callId, files);
  if (targets.length === 0) return;
  for (let looks = 1; ; looks += 1) {
    const found: Content[] = [];
    for (const { checkout, path } of targets) found.push(await lookAtFile(guard.store, checkout, path));
    const isOpen = await guard.store.transaction(async (tx) => {
      if (!isLastLook(guard, looks) && (await isBusy(tx, step, targets))) return false;
      // All of them at once: one that waits for some does not count as who writes the others.
      for (const [index, target] of targets.entries())
        await open(guard, tx, step, target, upToDate(target.file, found[index]));
      return true;
    });
    if (isOpen) return;
    await untilNextLook(guard);
  }
}

async function targetsOf(
  guard: Guard,
  { cwd }: Step,
  callId: string,
  files: readonly WrittenFile[],
): Promise<Target[]> {
  const targets: Target[] = [];
  for (const [index, { path, isText }] of files.entries()) {
    const target = targetOf(guard.commonDir, cwd, path);
    // `rm -r .` means no file.
    if (target.where !== 'checkout' || target.path === '' || (await policyOf(guard, target)) === 'off')
      continue;
    const { checkout, file } = target;
    targets.push({ checkout, path: target.path, file, isText, callId: `${callId}#${index}` });
  }
  return targets;
}

async function isBusy(tx: Transaction, { agent }: Step, targets: readonly Target[]): Promise<boolean> {
  for (const { checkout, path } of targets)
    for (const call of await openCallsOn(tx, checkout, path))
      if (call.agentId !== agent.id && (await isAwaited(tx, call))) return true;
  return false;
}

/** What is there is known from now on, so that a change is found also where nobody has seen the file. */
async function open(
  guard: Guard,
  tx: Transaction,
  { agent }: Step,
  { callId, checkout, path, isText }: Target,
  content: Content,
): Promise<void> {
  await accountFor(guard, tx, { checkout, path }, content);
  const { hash, bytes } = content;
  if (bytes !== undefined && hash !== '') keepBlob(guard.sheetFolder, hash, bytes);
  await noteContent(tx, { checkout, path }, content);
  await openCall(tx, {
    ...{ agentId: agent.id, callId, kind: isText ? 'shell-text' : 'shell', checkout, path },
    ...{ before: hash, writeSeq: await newestWrite(tx) },
  });
}
