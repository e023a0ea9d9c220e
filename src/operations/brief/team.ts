import { findConflicts } from '../../conflict/index.js';
import { landedAt, type Landing } from '../../landing/index.js';
import { findLocks, locksOverlapping } from '../../lock/index.js';
import { openQuestions } from '../../message/index.js';
import { findTasks } from '../../task/index.js';
import { oneLine, plainText, shownNames } from '../../text/index.js';
import { findWrites, type Write } from '../../write/index.js';
import { namesOf } from '../names.js';
import type { Context } from '../operation.js';
import { changesOf, showChange } from '../search/index.js';
import { agentsNow } from '../status/index.js';
import { iso } from '../time.js';
import type { About } from './about.js';
import type { Section } from './pack.js';

const MOST_LINES = 12;

/** Who is at work, on what, and which files they are about to write and have written. */
export async function workersSection({ sheet, actor }: Context): Promise<Section> {
  const agents = (await agentsNow(sheet.store)).filter(({ name }) => name !== actor.name);
  const lines = agents.slice(0, MOST_LINES).map(({ name, role, task, state, files, aboutToWrite }) => {
    const intent = aboutToWrite.map(({ path }) => path);
    const next = intent.length === 0 ? '' : `; about to write ${shownNames(intent, 3)}`;
    const wrote = files.length === 0 ? '' : `; wrote ${shownNames(files)}`;
    return `${shownNames([name])} (${role}): ${task === null ? 'no task' : `${task}, ${state}`}${next}${wrote}`;
  });
  return { title: 'At work now', text: lines.join('\n'), share: 0.15 };
}

/** What does not fit together, and what is kept from others. */
export async function conflictsSection({ sheet: { store } }: Context, about: About): Promise<Section> {
  const conflicts = await findConflicts(store, { state: 'open' });
  const lines = conflicts
    .slice(-MOST_LINES)
    .map(
      ({ id, taskId, otherTaskIds, paths }) =>
        `${id}: ${taskId} with ${shownNames(otherTaskIds, 5) || 'the base'} in ${shownNames(paths, 5)}`,
    );
  const paths = [...(about.task?.files ?? []), ...(about.path === undefined ? [] : [about.path])];
  const locks =
    paths.length === 0 || about.path === '.'
      ? (await findLocks(store, { byHand: true })).filter(({ state }) => state === 'held')
      : (await locksOverlapping(store, paths, { nowMs: store.clock.now() })).map(({ lock }) => lock);
  const names = await namesOf(
    store,
    locks.map(({ agentId }) => agentId),
  );
  for (const { id, agentId, paths: locked, resources, reason } of locks.slice(0, MOST_LINES))
    lines.push(
      `${id}: ${shownNames([names.get(agentId) ?? agentId])} holds ${shownNames([...locked, ...resources], 5)}${reason === undefined ? '' : `: “${line(reason)}”`}`,
    );
  return { title: 'Conflicts and locks', text: lines.join('\n'), share: 0.12 };
}

/** What waits for an answer. */
export async function questionsSection({ sheet: { store } }: Context): Promise<Section> {
  const questions = (await openQuestions(store)).slice(0, MOST_LINES);
  const names = await namesOf(
    store,
    questions.map(({ from }) => from),
  );
  const lines = questions.map(({ id, from, taskId, body }) => {
    const who = from === undefined ? 'somebody' : (names.get(from) ?? from);
    return `${id}, ${shownNames([who])}${taskId === undefined ? '' : ` for ${taskId}`}: “${line(body)}”`;
  });
  return { title: 'Open questions', text: lines.join('\n'), share: 0.12 };
}

/** What has landed, was done or written last: of a path its changes. */
export async function lateSection(context: Context, { path }: About): Promise<Section> {
  const text = path === undefined || path === '.' ? await ofLate(context) : await changesTo(context, path);
  return { title: 'Changed of late', text, share: 0.2 };
}

async function changesTo(context: Context, path: string): Promise<string> {
  return (await changesOf(context, path)).slice(0, MOST_LINES).map(showChange).join('\n');
}

async function ofLate({ sheet: { store } }: Context): Promise<string> {
  const landed = (await landedAt(store, '.', 5)).map((landing) => ({
    at: landing.endedAt ?? 0,
    text: landedInWords(landing),
  }));
  const done = (
    await findTasks(
      store,
      { standAlone: true, states: ['done'], hasResult: true },
      { limit: 5, newest: true },
    )
  ).map(({ id, result, endedAt = 0 }) => ({
    at: endedAt,
    text: `${id} is done: “${line(result?.summary ?? '')}”`,
  }));
  const all = [...landed, ...done, ...(await filesOfLate(store))].sort((one, other) => other.at - one.at);
  return all
    .slice(0, MOST_LINES)
    .map(({ at, text }) => `${iso(at)}  ${text}`)
    .join('\n');
}

function landedInWords({ taskId, runId, session, commit = '', paths }: Landing): string {
  const what = session?.branch ?? taskId ?? '';
  const where = session === undefined ? `in ${runId ?? ''}` : `on ${session.into}`;
  return `${line(what)} landed ${line(where)} as ${commit.slice(0, 10)}: ${shownNames(paths, 5)}`;
}

/** Each file once, by whoever wrote it last. */
async function filesOfLate(store: Context['sheet']['store']) {
  const newest = new Map<string, Pick<Write, 'at' | 'agentId' | 'suspects'>>();
  for (const { path, ...write } of await findWrites(store, { newest: 200 })) newest.set(path, write);
  const files = [...newest].sort(([, one], [, other]) => other.at - one.at).slice(0, MOST_LINES);
  const names = await namesOf(
    store,
    files.flatMap(([, { agentId, suspects = [] }]) => [agentId, ...suspects]),
  );
  return files.map(([path, { at, agentId, suspects = [] }]) => {
    const makers = (agentId === undefined ? suspects : [agentId]).map((id) => names.get(id) ?? id);
    const who = [...makers, ...(agentId === undefined ? ['somebody not registered'] : [])].join(' or ');
    return { at, text: `${shownNames([path])} was written by ${shownNames([who])}` };
  });
}

function line(text: string): string {
  return oneLine(plainText(text), 200);
}
