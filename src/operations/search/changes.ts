import { findAttempt, findTask, findTasks, type Task } from '../../task/index.js';
import { historyOfPath } from '../../git/index.js';
import { landedAt, TRAILERS, type Landing } from '../../landing/index.js';
import { defined, type Reader } from '../../store/index.js';
import { oneLine, plainText } from '../../text/index.js';
import { findWrites, type Write } from '../../write/index.js';
import { namesOf } from '../names.js';
import type { Context } from '../operation.js';
import { iso } from '../time.js';

/** Somebody changed a file: who, when, for which task, and why, as far as anybody has said. */
export interface Change {
  at: string;
  /** An agent by name, or the author of a commit; absent for what nobody who is registered wrote. */
  by?: string;
  /** `write` in a checkout, `landing` of a run's task, `result` of a task by hand that names it, `commit` of git alone. */
  how: 'write' | 'landing' | 'result' | 'commit';
  /** How many writes these are. */
  times?: number;
  task?: string;
  run?: string;
  commit?: string;
  why?: string;
}

const MOST_CHANGES = 20;
const MOST_WRITES = 300;
const LONGEST_WHY = 300;

/** What is known of who changed a path, or what is below it: the sheet first, git for what is older. Newest first. */
export async function changesOf(context: Context, path: string): Promise<Change[]> {
  const { store } = context.sheet;
  const writes = await writesTo(store, path);
  const written = new Set(writes.map(({ task }) => task));
  const results = (await resultsAbout(store, path)).filter(({ task }) => !written.has(task));
  const known = [...writes, ...(await landingsOf(store, path)), ...results];
  const landed = new Set(known.map(({ commit }) => commit));
  const commits = (await commitsTo(context, path)).filter(({ commit }) => !landed.has(commit));
  return [...known, ...commits]
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, MOST_CHANGES);
}

/** The writes of one agent for one task are one change: that there were twenty edits says no more. */
async function writesTo(reader: Reader, path: string): Promise<Change[]> {
  const groups = new Map<string, { newest: Write; times: number }>();
  for (const write of (await findWrites(reader, { at: path, newest: MOST_WRITES })).reverse()) {
    const key = JSON.stringify([write.agentId, write.taskId]);
    const group = groups.get(key);
    groups.set(key, { newest: group?.newest ?? write, times: (group?.times ?? 0) + 1 });
  }
  const shown = [...groups.values()].slice(0, MOST_CHANGES);
  const names = await namesOf(
    reader,
    shown.map(({ newest }) => newest.agentId),
  );
  return Promise.all(
    shown.map(async ({ newest: { at, agentId, taskId }, times }) => ({
      ...{ at: iso(at), how: 'write' as const, times },
      ...defined({ by: agentId === undefined ? undefined : names.get(agentId), task: taskId }),
      ...whyOf(taskId === undefined ? undefined : await findTask(reader, taskId)),
    })),
  );
}

async function landingsOf(reader: Reader, path: string): Promise<Change[]> {
  const changes: Change[] = [];
  for (const landing of await landedAt(reader, path, MOST_CHANGES)) {
    const { taskId, runId, commit, endedAt = 0 } = landing;
    const agentId = await whoseLanding(reader, landing);
    const names = await namesOf(reader, [agentId]);
    changes.push({
      ...{ at: iso(endedAt), how: 'landing' },
      ...defined({ task: taskId, run: runId, commit }),
      ...defined({ by: agentId === undefined ? undefined : names.get(agentId) }),
      ...whyOf(taskId === undefined ? undefined : await findTask(reader, taskId)),
    });
  }
  return changes;
}

async function whoseLanding(
  reader: Reader,
  { taskId, attempt, session }: Landing,
): Promise<string | undefined> {
  if (session !== undefined) return session.agentId;
  if (taskId === undefined || attempt === undefined) return undefined;
  return (await findAttempt(reader, { taskId, attempt }))?.agentId;
}

async function resultsAbout(reader: Reader, path: string): Promise<Change[]> {
  const bound = { limit: MOST_CHANGES, newest: true };
  const tasks = await findTasks(reader, { standAlone: true, states: ['done'], wrote: path }, bound);
  const changes: Change[] = [];
  for (const task of tasks) {
    const agentId = (await findAttempt(reader, { taskId: task.id, attempt: task.attempt }))?.agentId;
    const names = await namesOf(reader, [agentId]);
    changes.push({
      ...{ at: iso(task.endedAt ?? task.createdAt), how: 'result', task: task.id },
      ...defined({ commit: task.result?.commit, by: agentId === undefined ? undefined : names.get(agentId) }),
      ...whyOf(task),
    });
  }
  return changes;
}

/** Trailers say for which task a commit landed, also when the sheet has forgotten. */
async function commitsTo(context: Context, path: string): Promise<Change[]> {
  const repository = await context.repository();
  const { commit: from } = await repository.head();
  if (from === undefined) return [];
  const commits = await historyOfPath(repository.root, { from, path, newest: MOST_CHANGES });
  return commits.map(({ commit, author, at, subject, trailers }) => ({
    ...{ at: iso(at), by: line(author, 60), how: 'commit', commit, why: line(subject, LONGEST_WHY) },
    ...defined({ task: named(trailers[TRAILERS.task]), run: named(trailers[TRAILERS.run]) }),
  }));
}

function named(trailer: string | undefined): string | undefined {
  return trailer === undefined ? undefined : line(trailer, 200);
}

function whyOf(task: Task | undefined): Pick<Change, 'why'> {
  if (task === undefined) return {};
  const summary = task.result?.summary;
  const said = summary === undefined || summary === task.title ? task.title : `${task.title}: ${summary}`;
  return { why: line(said, LONGEST_WHY) };
}

function line(text: string, maxChars: number): string {
  return oneLine(plainText(text), maxChars);
}
