import type { Conflict } from '../conflict/index.js';
import type { Premise } from '../landing/index.js';
import type { Note } from '../note/index.js';
import type { Run } from '../run/index.js';
import type { Task } from '../task/index.js';
import { boundedMiddle, oneLine, plainText, tailOf } from '../text/index.js';
import type { StartPoint } from './start-point.js';

/** The whole brief, in characters: about 8,000 tokens. */
const LONGEST_BRIEF = 32_000;
// Less of a section would say nothing.
const LEAST_OF_SECTION = 300;

export interface BriefFacts {
  run: Run;
  task: Task;
  start: StartPoint;
  /** What the tasks it depends on have said when they were done. */
  dependencies: Task[];
  notes: Note[];
  /** Its newest conflict, when the last attempt ended in one. */
  conflict?: Conflict;
  premises: Premise[];
  /** What a person or the lead has said to it: answers to its questions, instructions. */
  said: Said[];
  scratch: string;
}

export interface Said {
  from: string;
  type: string;
  text: string;
  /** What was asked, of an answer. */
  question?: string;
}

interface Section {
  title: string;
  text: string;
  /** The most it may take, in characters; the least important sections come last and are dropped first. */
  atMost: number;
}

/**
 * What a worker is told, most important first and bounded: the task and how to report always fit; dependencies,
 * notes and old output give way.
 */
export function briefFor(facts: BriefFacts): string {
  const sections = [
    taskSection(facts),
    reportSection(facts),
    saidSection(facts),
    goesOnSection(facts),
    againSection(facts),
    conflictSection(facts),
    goalSection(facts),
    filesSection(facts),
    dependenciesSection(facts),
    notesSection(facts),
  ].filter((section) => section !== undefined);
  const heading = `# Task ${facts.task.id}: ${oneLine(plainText(facts.task.title), 100)}\n`;
  let room = LONGEST_BRIEF - heading.length;
  const parts: string[] = [];
  for (const { title, text, atMost } of sections) {
    const most = Math.min(atMost, room - title.length - 8);
    if (most < LEAST_OF_SECTION && text.length > most) break;
    const part = `## ${title}\n\n${boundedLines(text.trim(), most)}\n`;
    parts.push(part);
    room -= part.length + 1;
  }
  return `${heading}\n${parts.join('\n')}`;
}

function taskSection({ task }: BriefFacts): Section {
  const schema =
    task.outputSchema === undefined
      ? ''
      : `\n\nIts result carries JSON of this schema:\n${JSON.stringify(task.outputSchema, null, 2)}`;
  return {
    title: 'What to do',
    text: boundedMiddle(plainText(task.spec), 12_000) + boundedMiddle(schema, 3_500),
    atMost: 16_000,
  };
}

function reportSection({ task, scratch }: BriefFacts): Section {
  const claim = `${task.id} --attempt ${task.attempt}`;
  return {
    title: 'How to report',
    atMost: 4_000,
    text: [
      'You work in a git worktree of your own; nobody else writes here. Commit as you like; what is left uncommitted is committed for you when you end.',
      'You are done when you end (exit code 0). These commands are on your PATH:',
      '',
      `- callsheet task progress ${claim} "what you are doing"   (--read PATH for files that you rely on)`,
      `- callsheet task checkpoint ${claim} --done "…" --next "…"   saves your files; the next attempt continues from there`,
      `- callsheet task complete ${claim} "one paragraph: what changed, and what others must know"`,
      `- callsheet task block ${claim} "the question that only a person can answer"   then end`,
      `- callsheet task fail ${claim} "why it cannot be done"`,
      `- callsheet note add decision|contract|constraint|discovery "…"   what other tasks must know`,
      `- callsheet inbox   messages to you`,
      '- callsheet sync   brings what has landed meanwhile into your branch',
      '',
      `A folder that all agents of this run share: ${scratch}`,
    ].join('\n'),
  };
}

function goalSection({ run }: BriefFacts): Section | undefined {
  const lines = [
    run.goal === undefined ? '' : `Goal: ${plainText(run.goal)}`,
    run.approach === undefined ? '' : `Approach: ${plainText(run.approach)}`,
  ];
  const text = lines.filter((line) => line !== '').join('\n');
  return text === '' ? undefined : { title: 'Of the whole run', text, atMost: 3_000 };
}

function filesSection({ task }: BriefFacts): Section | undefined {
  if (task.files.length === 0) return undefined;
  return { title: 'Files', text: `It is expected to write: ${listed(task.files, 40)}`, atMost: 2_000 };
}

function saidSection({ said }: BriefFacts): Section | undefined {
  if (said.length === 0) return undefined;
  const text = said.map(({ type, from, question, text: body }) => {
    const asked = question === undefined ? '' : `To the question:\n${quoted(question, 1_000)}\n`;
    return `${asked}${type} from ${oneLine(plainText(from), 40)}:\n${quoted(body, 2_000)}`;
  });
  // The newest counts most, and stands last: what was said before gives way.
  while (text.length > 1 && text.join('\n\n').length > 6_000) text.shift();
  return { title: 'Said to you', text: text.join('\n\n'), atMost: 6_000 };
}

function goesOnSection({ start: { goesOn } }: BriefFacts): Section | undefined {
  if (goesOn === undefined) return undefined;
  const lines = [
    `You go on with attempt ${goesOn.attempt}, which was held. Its files are in your workspace as they were left.`,
    ...lastOutput(goesOn.outputTail),
  ];
  return { title: 'Where you are', text: lines.join('\n'), atMost: 3_000 };
}

function againSection({ start, task }: BriefFacts): Section | undefined {
  const { previous, checkpoint, continues } = start;
  if (previous === undefined) return undefined;
  const why = previous.reason === undefined ? '' : `:\n${quoted(previous.reason, 1_500)}`;
  const lines = [
    `This is attempt ${task.attempt}. Attempt ${previous.attempt} ended ${previous.outcome ?? 'without a word'}${why}`,
  ];
  if (checkpoint !== undefined) {
    lines.push(
      '',
      `Saved by attempt ${checkpoint.attempt} (${checkpoint.id}). Done:`,
      quoted(checkpoint.done, 1_500),
      'Next:',
      quoted(checkpoint.next, 2_500),
    );
    for (const question of checkpoint.questions.slice(0, 5))
      lines.push('Open question:', quoted(question, 500));
    lines.push(whereFilesAre(checkpoint.snapshotCommit, continues));
  }
  lines.push(...lastOutput(previous.outputTail));
  return { title: 'What was tried before', text: lines.join('\n'), atMost: 8_000 };
}

function whereFilesAre(commit: string | undefined, isInWorkspace: boolean): string {
  if (isInWorkspace) return 'Its files are in your workspace already: continue from them.';
  return `Its files are not in your workspace${commit === undefined ? '' : `; see: git show --stat ${commit}`}.`;
}

function lastOutput(tail: string | undefined): string[] {
  if (tail === undefined || tail.trim() === '') return [];
  return ['', 'The last output of that attempt:', quoted(tailOf(plainText(tail), 20, 2_000), 2_200)];
}

function conflictSection({ conflict, premises, start }: BriefFacts): Section | undefined {
  const lines =
    start.previous?.outcome === 'conflicted' && conflict !== undefined
      ? conflictLines(conflict, start.previous.headCommit)
      : [];
  for (const { path, changedBy, how } of premises.slice(0, 30)) {
    const by = changedBy.length === 0 ? '' : ` (by ${listed(changedBy, 5)})`;
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
    conflict.otherTaskIds.length === 0 ? 'work that landed before it' : listed(conflict.otherTaskIds, 8);
  return [
    `The work of attempt ${conflict.attempt} conflicted with ${others} in: ${listed(conflict.paths, 20)}.`,
    'That work is in your workspace now; yours is not. Do your task again on top of it, keeping both intents.',
    ...(headCommit === undefined ? [] : [`Your earlier commits: git show ${headCommit}`]),
    '',
    'The conflicting parts (first side: what landed; second side: the earlier attempt):',
    quoted(conflict.hunks, 5_000),
  ];
}

function dependenciesSection({ dependencies }: BriefFacts): Section | undefined {
  const told = dependencies.filter((each) => each.result !== undefined);
  if (told.length === 0) return undefined;
  const share = Math.max(300, Math.floor(6_000 / told.length));
  const text = told.map((each) => {
    const { summary = '', files = [], findings = [], data } = each.result ?? {};
    const more = [
      files.length === 0 ? '' : `files: ${listed(files, 20)}`,
      ...findings.map((finding) => `finding: ${finding}`),
      data === undefined ? '' : `data: ${JSON.stringify(data).slice(0, 1_000)}`,
    ];
    const lines = [boundedMiddle(plainText(summary), 2_000), ...more].filter((line) => line !== '');
    return `${each.id} (${oneLine(plainText(each.title), 80)}):\n${quoted(lines.join('\n'), share)}`;
  });
  return { title: 'Results of the tasks it depends on', text: text.join('\n\n'), atMost: 7_000 };
}

function notesSection({ notes }: BriefFacts): Section | undefined {
  if (notes.length === 0) return undefined;
  const share = Math.max(200, Math.floor(6_000 / notes.length));
  const text = notes.map((note) => `${note.kind} ${note.id}:\n${quoted(note.text, share)}`).join('\n');
  return { title: 'Notes of the run', text, atMost: 7_000 };
}

function listed(names: string[], most: number): string {
  const shown = names.slice(0, most).map((name) => oneLine(plainText(name), 200));
  return shown.join(', ') + (names.length > most ? `, and ${names.length - most} more` : '');
}

/** What agents wrote is data: quoted, so that no line of it stands as one of the brief; shortened before, not after. */
function quoted(text: string, atMost: number): string {
  return boundedMiddle(plainText(text).trimEnd(), atMost)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** Shortens by whole lines, so that the rest of a quoted line never stands there unquoted. */
function boundedLines(text: string, atMost: number): string {
  if (text.length <= atMost) return text;
  const mark = '… the rest is left out …';
  const kept: string[] = [];
  let room = atMost - mark.length - 1;
  for (const line of text.split('\n')) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return [...kept, mark].join('\n');
}
