import { keepBlob } from '../blob/index.js';
import type { Transaction } from '../store/index.js';
import { newestWrite, openCall, openCallsOn } from '../write/index.js';
import { policyOf } from './policy.js';
import { contentOf, stampOf, type Content } from './content.js';
import type { Guard, Step } from './guard.js';
import { noteContent, type Place } from './look.js';
import type { WrittenFile } from './shell-writes.js';
import { accountFor } from './sweep.js';
import { isLastLook, untilNextLook } from './patience.js';
import { targetOf } from './target.js';

/**
 * A command is going to write a file that it names: it waits a while for what others are writing there, so that it is
 * known afterwards who wrote what; it is not refused. What it replaces is kept.
 */
export async function beforeShellWrite(
  guard: Guard,
  step: Step,
  callId: string,
  { path, isText }: WrittenFile,
): Promise<void> {
  const target = targetOf(guard.commonDir, step.cwd, path);
  // `rm -r .` means no file.
  if (target.where !== 'checkout' || target.path === '' || (await policyOf(guard, target)) === 'off') return;
  for (let looks = 1; ; looks += 1) {
    const content = contentOf(target.file);
    const isLast = isLastLook(guard, looks);
    const isOpen = await guard.store.transaction(async (tx) => {
      if (!isLast && (stampOf(target.file) !== content.stamp || (await isBusy(tx, step, target))))
        return false;
      await open(guard, tx, target, content);
      await openCall(tx, {
        ...{ agentId: step.agent.id, callId, checkout: target.checkout, path: target.path },
        ...{ kind: isText ? 'shell-text' : 'shell', before: content.hash, writeSeq: await newestWrite(tx) },
      });
      return true;
    });
    if (isOpen) return;
    await untilNextLook(guard);
  }
}

async function isBusy(tx: Transaction, { agent }: Step, { checkout, path }: Place): Promise<boolean> {
  return (await openCallsOn(tx, checkout, path)).some(({ agentId }) => agentId !== agent.id);
}

/** What is there is known from now on, so that a change is found also where nobody has seen the file. */
async function open(guard: Guard, tx: Transaction, place: Place, content: Content): Promise<void> {
  await accountFor(guard, tx, place, content);
  const { hash, bytes } = content;
  if (bytes !== undefined && hash !== '') keepBlob(guard.sheetFolder, hash, bytes);
  await noteContent(tx, place, content);
}
