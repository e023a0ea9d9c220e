import { staleRemark } from '../../note/index.js';
import { oneLine, plainText, quoted, shownNames } from '../../text/index.js';
import type { NoteDocument } from '../note/document.js';
import type { Change } from './changes.js';
import type { Found } from './context.js';
import type { FoundResult } from './results.js';

/** What was found, quoted, as people and agents read it. */
export function showContext({ about, asked, changes, notes, results }: Found): string {
  const name = oneLine(plainText(asked), 200);
  if (changes.length + notes.length + results.length === 0)
    return about === 'path'
      ? `Nobody has changed ${name}, and no note is about it.`
      : `Nothing is known of “${name}”.`;
  const sections = [
    changes.length === 0 ? '' : [`Who changed ${name}, newest first:`, ...changes.map(showChange)].join('\n'),
    ...notes.map(showFoundNote),
    ...results.map(showResult),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

/** One line. */
export function showChange({
  at,
  by = 'somebody not registered',
  how,
  times = 1,
  task,
  run,
  commit,
  why,
}: Change): string {
  const what = {
    write: `wrote it${times === 1 ? '' : `, ${times} times`}`,
    landing: 'landed it',
    result: 'changed it',
    commit: 'committed it',
  }[how];
  const facts = [
    ...(task === undefined ? [] : [`for ${task}`]),
    ...(run === undefined ? [] : [`in ${run}`]),
    ...(commit === undefined ? [] : [`as ${commit.slice(0, 10)}`]),
  ];
  const reason = why === undefined ? '' : `: ${why}`;
  return `  ${at}  ${shownNames([`${by} ${[what, ...facts].join(' ')}`])}${reason}`;
}

/** A note with its text, quoted. */
export function showFoundNote(note: NoteDocument): string {
  const remarks = [note.agent === undefined ? '' : `by ${note.agent}`, staleRemark(note.stale)];
  const about = [...(note.key === undefined ? [] : [note.key]), ...note.files];
  const head = [
    `${note.kind} ${note.id}`,
    ...(about.length === 0 ? [] : [`about ${shownNames(about, 5)}`]),
    ...remarks.filter((remark) => remark !== ''),
  ];
  return `${head.join(', ')}:\n${quoted(plainText(note.text))}`;
}

function showResult({ task, title, state, summary, findings }: FoundResult): string {
  return `${task} (${state}), ${title}:\n${quoted([summary, ...findings.map((each) => `finding: ${each}`)].join('\n'))}`;
}
