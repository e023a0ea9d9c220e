import { liveAgents } from '../../agent/index.js';
import { findConflicts } from '../../conflict/index.js';
import { requireRun } from '../../run/index.js';
import { countTasks, findTasks } from '../../task/index.js';
import { formatDuration, oneLine, plainText } from '../../text/index.js';
import type { Context } from '../operation.js';
import { sentenceOf } from '../status/index.js';

export interface Screen {
  draw(): Promise<void>;
  /** A line that stays above what is redrawn. */
  keep(line: string): void;
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
      if (kept.length > 0) update.persist(kept.join('\n'));
      kept = [];
      update(await picture(context, runId, output.columns ?? 80));
    },
    keep(line) {
      kept.push(line);
    },
    close() {
      update.clear();
      update.done();
    },
  };
}

async function picture(context: Context, runId: string, columns: number): Promise<string> {
  const { store } = context.sheet;
  const { remainingMs } = await import('../../supervisor/index.js');
  const run = await requireRun(store, runId);
  const now = store.clock.now();
  const names = new Map((await liveAgents(store)).map((agent) => [agent.id, agent.name]));
  const tasks = await findTasks(store, { runId });
  const active = tasks.filter((task) => task.state === 'running' || task.state === 'landing');
  const conflicts = await findConflicts(store, { runId, state: 'open' });
  const left = remainingMs(tasks, run.options.workers, now);
  const lines = active.map((task) => {
    const who = names.get(task.claimedBy ?? '') ?? '';
    const since = formatDuration(now - (task.startedAt ?? now));
    return `  ${who.padEnd(8)} ${task.id.padEnd(20)} ${task.state.padEnd(8)} ${since.padEnd(8)} ${oneLine(plainText(task.title), 60)}`;
  });
  const elapsed = `${formatDuration(now - run.createdAt)} so far${left === undefined ? '' : `, about ${formatDuration(left)} left`}`;
  const open = conflicts.length === 0 ? '' : ` ${conflicts.length} open conflict${conflicts.length === 1 ? '' : 's'}.`;
  const first = `${run.id}: ${sentenceOf(await countTasks(store, runId))}${open} ${elapsed}.`;
  return ['', first, ...lines].map((line) => line.slice(0, columns)).join('\n');
}
