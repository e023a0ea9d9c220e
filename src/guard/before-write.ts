import type { TextEdit } from '../write/index.js';
import { policyOf } from './policy.js';
import { contentOf, lookAtFile, upToDate } from './content.js';
import { decide } from './decide.js';
import { NOTHING, type Answer, type Guard, type Step } from './guard.js';
import type { WriteKind } from './judge.js';
import { shownPath } from './refusal.js';
import { isLastLook, untilNextLook } from './patience.js';
import { saveWork, type Saved } from './save-work.js';
import { targetOf } from './target.js';

/** A tool call that is going to write one file. */
export interface WriteIntent {
  /** The client's id of the call. */
  callId: string;
  /** As the tool names it: absolute, or relative to where the client works. */
  path: string;
  kind: WriteKind;
  /** What a whole-file write will leave behind. */
  content?: Buffer;
  /** What it replaces, and by what. */
  edits?: TextEdit[];
}

/** Lets a write pass, or refuses it; what passes is accounted for at the agent's next step. */
export async function beforeWrite(guard: Guard, step: Step, intent: WriteIntent): Promise<Answer> {
  const target = targetOf(guard.commonDir, step.cwd, intent.path);
  if (target.where === 'outside') return NOTHING;
  if (target.where === 'git') {
    const reason = `callsheet: not written. ${shownPath(intent.path)} belongs to git itself, or to the sheet.`;
    return { refused: true, reason };
  }
  const policy = await policyOf(guard, target);
  if (policy === 'off') return NOTHING;
  const saved: Saved[] = [];
  for (let looks = 1; ; looks += 1) {
    // What replaces all of a file, or text anywhere in it, loses whatever its stamp does not tell.
    const isAtOnePlace = intent.kind === 'edit';
    const found = isAtOnePlace
      ? await lookAtFile(guard.store, target.checkout, target.path)
      : contentOf(target.file);
    const isLast = isLastLook(guard, looks);
    const answer = await guard.store.transaction((tx) =>
      decide({
        guard,
        tx,
        step,
        intent,
        target,
        policy,
        content: upToDate(target.file, found),
        isLast,
        saved,
      }),
    );
    if (answer === 'again') await untilNextLook(guard);
    else if ('save' in answer) saved.push(...(await saveWork(guard, answer.save)));
    else return answer;
  }
}
