import { staleRemark } from '../note/index.js';
import { boundedLines, boundedMiddle, oneLine, plainText, quotedWithin, shownNames } from '../text/index.js';
import type { BriefFacts, Section } from './brief-facts.js';
import { againSection, conflictSection, goesOnSection } from './brief-past.js';

/** The whole brief, in characters: about 8,000 tokens. */
const LONGEST_BRIEF = 32_000;
// Less of a section would say nothing.
const LEAST_OF_SECTION = 300;

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
  return { title: 'Files', text: `It is expected to write: ${shownNames(task.files, 40)}`, atMost: 2_000 };
}

function saidSection({ said }: BriefFacts): Section | undefined {
  if (said.length === 0) return undefined;
  const text = said.map(({ type, from, question, text: body }) => {
    const asked = question === undefined ? '' : `To the question:\n${quotedWithin(question, 1_000)}\n`;
    return `${asked}${type} from ${oneLine(plainText(from), 40)}:\n${quotedWithin(body, 2_000)}`;
  });
  // The newest counts most, and stands last: what was said before gives way.
  while (text.length > 1 && text.join('\n\n').length > 6_000) text.shift();
  return { title: 'Said to you', text: text.join('\n\n'), atMost: 6_000 };
}

function dependenciesSection({ dependencies }: BriefFacts): Section | undefined {
  const told = dependencies.filter((each) => each.result !== undefined);
  if (told.length === 0) return undefined;
  const share = Math.max(300, Math.floor(6_000 / told.length));
  const text = told.map((each) => {
    const { summary = '', files = [], findings = [], data } = each.result ?? {};
    const more = [
      files.length === 0 ? '' : `files: ${shownNames(files, 20)}`,
      ...findings.map((finding) => `finding: ${finding}`),
      data === undefined ? '' : `data: ${JSON.stringify(data).slice(0, 1_000)}`,
    ];
    const lines = [boundedMiddle(plainText(summary), 2_000), ...more].filter((line) => line !== '');
    return `${each.id} (${oneLine(plainText(each.title), 80)}):\n${quotedWithin(lines.join('\n'), share)}`;
  });
  return { title: 'Results of the tasks it depends on', text: text.join('\n\n'), atMost: 7_000 };
}

function notesSection({ notes, staleNotes }: BriefFacts): Section | undefined {
  if (notes.length === 0) return undefined;
  const share = Math.max(200, Math.floor(6_000 / notes.length));
  const text = notes.map((note) => {
    const stale = staleRemark(staleNotes.get(note.id) ?? []);
    return `${note.kind} ${note.id}${stale === '' ? '' : ` (${stale})`}:\n${quotedWithin(note.text, share)}`;
  });
  return { title: 'Notes of the run', text: text.join('\n'), atMost: 7_000 };
}
