import { keptInWords, type Conflict } from '../conflict/index.js';
import { oneLine, plainText, quotedWithin, shownNames, tailOf } from '../text/index.js';
import type { BriefFacts, Section } from './brief-facts.js';

/** Where an attempt stands that goes on after a pause or an answer. */
export function goesOnSection({ start: { goesOn } }: BriefFacts): Section | undefined {
  if (goesOn === undefined) return undefined;
  const lines = [
    `You go on with attempt ${goesOn.attempt}, which was held. Its files are in your workspace as they were left.`,
    ...lastOutput(goesOn.outputTail),
  ];
  return { title: 'Where you are', text: lines.join('\n'), atMost: 3_000 };
}

/** What the attempt before came to, and what it saved. */
export function againSection({ start, task }: BriefFacts): Section | undefined {
  const { previous, checkpoint, continues } = start;
  if (previous === undefined) return undefined;
  const why = previous.reason === undefined ? '' : `:\n${quotedWithin(previous.reason, 1_500)}`;
  const lines = [
    `This is attempt ${task.attempt}. Attempt ${previous.attempt} ended ${previous.outcome ?? 'without a word'}${why}`,
  ];
  if (checkpoint !== undefined) {
    lines.push(
      '',
      `Saved by attempt ${checkpoint.attempt} (${checkpoint.id}). Done:`,
      quotedWithin(checkpoint.done, 1_500),
      'Next:',
      quotedWithin(checkpoint.next, 2_500),
    );
    for (const question of checkpoint.questions.slice(0, 5))
      lines.push('Open question:', quotedWithin(question, 500));
    lines.push(whereFilesAre(checkpoint.snapshotCommit, continues));
  }
  if (previous.result !== undefined)
    lines.push('', 'What it said was done:', quotedWithin(previous.result.summary, 1_500));
  lines.push(...lastOutput(previous.outputTail));
  return { title: 'What was tried before', text: lines.join('\n'), atMost: 8_000 };
}

function whereFilesAre(commit: string | undefined, isInWorkspace: boolean): string {
  if (isInWorkspace) return 'Its files are in your workspace already: continue from them.';
  return `Its files are not in your workspace${commit === undefined ? '' : `; see: git show --stat ${commit}`}.`;
}

function lastOutput(tail: string | undefined): string[] {
  if (tail === undefined || tail.trim() === '') return [];
  return ['', 'The last output of that attempt:', quotedWithin(tailOf(plainText(tail), 20, 2_000), 2_200)];
}

/** The conflict that the attempt before ended in, and what it relied on and others changed. */
export function conflictSection({ conflict, premises, start }: BriefFacts): Section | undefined {
  const lines =
    start.previous?.outcome === 'conflicted' && conflict !== undefined
      ? conflictLines(conflict, start.previous.headCommit)
      : [];
  for (const { path, changedBy, how } of premises.slice(0, 30)) {
    const by = changedBy.length === 0 ? '' : ` (by ${shownNames(changedBy, 5)})`;
    lines.push(
      `Changed since an earlier attempt ${how === 'read' ? 'read' : 'declared'} it: ${oneLine(plainText(path), 200)}${by}`,
    );
  }
  return lines.length === 0
    ? undefined
    : { title: 'What changed under it', text: lines.join('\n'), atMost: 8_000 };
}

function conflictLines(conflict: Conflict, headCommit: string | undefined): string[] {
  const others =
    conflict.otherTaskIds.length === 0 ? 'work that landed before it' : shownNames(conflict.otherTaskIds, 8);
  return [
    `The work of attempt ${conflict.attempt} conflicted with ${others} in: ${shownNames(conflict.paths, 20)}.`,
    'That work is in your workspace now; yours is not. Do your task again on top of it.',
    ...decisionLines(conflict),
    ...(headCommit === undefined ? [] : [`Your earlier commits: git show ${headCommit}`]),
    '',
    'The conflicting parts (first side: what landed; second side: the earlier attempt):',
    quotedWithin(conflict.hunks, 5_000),
  ];
}

function decisionLines({ decision }: Conflict): string[] {
  if (decision === undefined) return ['Keep the intent of both.'];
  return [`It is decided that ${keptInWords(decision.keep)}. Why:`, quotedWithin(decision.reason, 1_500)];
}
