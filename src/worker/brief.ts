import type { Conflict } from '../conflict/index.js';
import type { Premise } from '../landing/index.js';
import type { Note } from '../note/index.js';
import type { Run } from '../run/index.js';
import type { Task } from '../task/index.js';
import { boundedMiddle, oneLine, plainText, tailOf } from '../text/index.js';
import type { StartPoint } from './start-point.js';

/** The whole brief, in characters: about 8,000 tokens. */
const LONGEST_BRIEF = 32_000;

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
  said: { from: string; type: string; text: string }[];
  scratch: string;
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
    againSection(facts),
    conflictSection(facts),
    goalSection(facts),
    filesSection(facts),
    dependenciesSection(facts),
    notesSection(facts),
  ].filter((section) => section !== undefined);
  let room = LONGEST_BRIEF;
  const parts: string[] = [];
  for (const { title, text, atMost } of sections) {
    const part = `## ${title}\n\n${boundedMiddle(text.trim(), Math.min(atMost, room - title.length - 8))}\n`;
    if (part.length > room) break;
    parts.push(part);
    room -= part.length;
  }
  return `# Task ${facts.task.id}: ${oneLine(plainText(facts.task.title), 100)}\n\n${parts.join('\n')}`;
}

function taskSection({ task }: BriefFacts): Section {
  const schema = task.outputSchema === undefined ? '' : `\n\nIts result carries JSON of this schema:\n${JSON.stringify(task.outputSchema, null, 2)}`;
  return { title: 'What to do', text: plainText(task.spec) + schema, atMost: 16_000 };
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
  const lines = [run.goal === undefined ? '' : `Goal: ${plainText(run.goal)}`, run.approach === undefined ? '' : `Approach: ${plainText(run.approach)}`];
  const text = lines.filter((line) => line !== '').join('\n');
  return text === '' ? undefined : { title: 'Of the whole run', text, atMost: 3_000 };
}

function filesSection({ task }: BriefFacts): Section | undefined {
  if (task.files.length === 0) return undefined;
  return { title: 'Files', text: `It is expected to write: ${task.files.join(', ')}`, atMost: 2_000 };
}

function saidSection({ said }: BriefFacts): Section | undefined {
  if (said.length === 0) return undefined;
  const text = said.map((each) => `${each.type} from ${each.from}:\n${quoted(each.text)}`).join('\n\n');
  return { title: 'Said to you', text, atMost: 4_000 };
}

function againSection({ start, task }: BriefFacts): Section | undefined {
  const { previous, checkpoint, continues } = start;
  if (previous === undefined) return undefined;
  const lines = [`This is attempt ${task.attempt}. Attempt ${previous.attempt} ended: ${previous.outcome ?? 'unknown'}${previous.reason === undefined ? '' : `, ${plainText(previous.reason)}`}.`];
  if (checkpoint !== undefined) {
    lines.push('', `Saved by attempt ${checkpoint.attempt} (${checkpoint.id}):`, `Done: ${checkpoint.done}`, `Next: ${checkpoint.next}`);
    for (const question of checkpoint.questions) lines.push(`Open question: ${question}`);
    lines.push(continues ? 'Its files are in your workspace already: continue from them.' : `Its files are not in your workspace${checkpoint.snapshotCommit === undefined ? '' : `; see: git show --stat ${checkpoint.snapshotCommit}`}.`);
  }
  if (previous.outputTail !== undefined && previous.outputTail !== '') {
    lines.push('', 'The last output of that attempt:', quoted(tailOf(plainText(previous.outputTail), 20, 2_000)));
  }
  return { title: 'What was tried before', text: lines.join('\n'), atMost: 6_000 };
}

function conflictSection({ conflict, premises, start }: BriefFacts): Section | undefined {
  if (conflict === undefined && premises.length === 0) return undefined;
  const lines: string[] = [];
  if (conflict !== undefined && start.previous?.outcome === 'conflicted') {
    const others = conflict.otherTaskIds.length === 0 ? 'work that landed before it' : conflict.otherTaskIds.join(', ');
    lines.push(`The work of attempt ${conflict.attempt} conflicted with ${others} in: ${conflict.paths.join(', ')}.`);
    lines.push('That work is in your workspace now; yours is not. Do your task again on top of it, keeping both intents.');
    if (start.previous.headCommit !== undefined) lines.push(`Your earlier commits: git show ${start.previous.headCommit}`);
    lines.push('', 'The conflicting parts (first side: what landed; second side: the earlier attempt):', quoted(plainText(conflict.hunks)));
  }
  for (const { path, changedBy, how } of premises) {
    lines.push(`Changed since you ${how} it: ${path}${changedBy.length === 0 ? '' : ` (by ${changedBy.join(', ')})`}`);
  }
  return { title: 'What changed under it', text: lines.join('\n'), atMost: 8_000 };
}

function dependenciesSection({ dependencies }: BriefFacts): Section | undefined {
  const told = dependencies.filter((each) => each.result !== undefined);
  if (told.length === 0) return undefined;
  const text = told.map((each) => {
    const { summary = '', files = [], findings = [], data } = each.result ?? {};
    const more = [
      files.length === 0 ? '' : `files: ${files.slice(0, 20).join(', ')}`,
      ...findings.map((finding) => `finding: ${finding}`),
      data === undefined ? '' : `data: ${JSON.stringify(data).slice(0, 1_000)}`,
    ];
    return `${each.id} (${oneLine(plainText(each.title), 80)}):\n${quoted([plainText(summary), ...more].filter((line) => line !== '').join('\n'))}`;
  });
  return { title: 'Results of the tasks it depends on', text: text.join('\n\n'), atMost: 6_000 };
}

function notesSection({ notes }: BriefFacts): Section | undefined {
  if (notes.length === 0) return undefined;
  const text = notes.map((note) => `${note.kind} ${note.id}:\n${quoted(plainText(note.text))}`).join('\n');
  return { title: 'Notes of the run', text, atMost: 6_000 };
}

/** What agents wrote is data: quoted, so that no line of it stands as one of the brief. */
function quoted(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}
