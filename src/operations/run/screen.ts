import { findAgent } from '../../agent/index.js';
import { findConflicts } from '../../conflict/index.js';
import { requireRun, type Run } from '../../run/index.js';
import type { Reader } from '../../store/index.js';
import { countTasks, findTasks, type Task } from '../../task/index.js';
import { formatDuration, oneLine, plainText, tableOf, widthOf } from '../../text/index.js';
import type { Context } from '../operation.js';
import { sentenceOf } from '../status/index.js';

export interface Screen {
  draw(): Promise<void>;
  /** A line that stays above what is redrawn. */
  keep(line: string): void;
  /** The same, at once: also while the sheet cannot be read for the next picture. */
  say(line: string): void;
  close(): void;
}

/** The live view of a run on a terminal: the sentence, who does what, what has conflicted, how long it may take. */
export async function openScreen(context: Context, runId: string): Promise<Screen> {
  const { createLogUpdate } = await import('log-update');
  const output = process.stdout;
  const update = createLogUpdate(output);
  let kept: string[] = [];
  return {
    async draw() {
      const lines = await picture(context.sheet.store, runId, context.sheet.store.clock.now());
      if (kept.length > 0) update.persist(kept.join('\n'));
      kept = [];
      update(fitted(lines, output.columns, output.rows));
    },
    keep(line) {
      kept.push(line);
    },
    say(line) {
      update.persist([...kept, line].join('\n'));
      kept = [];
    },
    close() {
      update.clear();
      update.done();
      if (kept.length > 0) output.write(`${kept.join('\n')}\n`);
    },
  };
}

async function picture(reader: Reader, runId: string, now: number): Promise<string[]> {
  const run = await requireRun(reader, runId);
  const tasks = (await findTasks(reader, { runId })).filter((task) => !task.isGroup);
  const active = tasks.filter((task) =>
    ['running', 'review', 'landing', 'blocked', 'paused'].includes(task.state),
  );
  const rows: string[][] = [];
  for (const task of active) {
    const who = task.claimedBy === undefined ? '' : ((await findAgent(reader, task.claimedBy))?.name ?? '');
    rows.push([
      `  ${who}`,
      task.id,
      task.state,
      formatDuration(wholeSeconds(now - (task.startedAt ?? now))),
      oneLine(plainText(task.title), 80),
    ]);
  }
  const table = rows.length === 0 ? [] : tableOf(rows).split('\n');
  return [
    '',
    `${run.id}: ${sentenceOf(await countTasks(reader, runId))}`,
    await standing(reader, run, tasks, now),
    ...table,
  ];
}

async function standing(reader: Reader, run: Run, tasks: Task[], now: number): Promise<string> {
  const { remainingMs } = await import('../../supervisor/index.js');
  const conflicts = await findConflicts(reader, { runId: run.id });
  const open = conflicts.filter((each) => each.state === 'open').length;
  const landed = tasks.filter((task) => task.landedAs !== undefined).length;
  const atWork = tasks.filter((task) => task.state === 'running').length;
  const left = remainingMs(tasks, run.options.workers, now);
  const parts = [
    `${atWork} of ${run.options.workers} workers busy`,
    `${landed} landed`,
    conflicts.length === 0
      ? 'no conflicts'
      : `${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}, ${open} open`,
    `${formatDuration(wholeSeconds(now - run.createdAt))} so far`,
    ...(left === undefined ? [] : [`about ${formatDuration(wholeSeconds(left))} left`]),
  ];
  return `  ${parts.join(' · ')}`;
}

function wholeSeconds(ms: number): number {
  return Math.round(ms / 1_000) * 1_000;
}

/** What a terminal can redraw: lines that wrap, or more lines than it has, would leave torn copies behind. */
function fitted(lines: string[], columns: number, rows: number): string {
  const room = Math.max(3, rows - 2);
  const shown =
    lines.length <= room ? lines : [...lines.slice(0, room - 1), `  and ${lines.length - room + 1} more`];
  return shown.map((line) => cut(line, Math.max(10, columns - 1))).join('\n');
}

function cut(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  let text = '';
  for (const character of line) {
    if (widthOf(text + character) > columns - 1) break;
    text += character;
  }
  return `${text}…`;
}
