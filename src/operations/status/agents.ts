import { findAgent, liveAgents, type Agent } from '../../agent/index.js';
import { openQuestions } from '../../message/index.js';
import { isLive } from '../../guard/index.js';
import { defined, type Reader } from '../../store/index.js';
import { findAttempt, findTasks, type Task } from '../../task/index.js';
import { filesWrittenBy } from '../../write/index.js';
import { iso } from '../time.js';
import { aboutToWrite } from './intent.js';

/** Who does what: one line for each task that somebody holds, and for each session without one. */
export async function agentsNow(reader: Reader) {
  const tasks = await findTasks(reader, { held: true });
  const questions = new Map((await openQuestions(reader)).map((question) => [question.taskId, question.id]));
  const busy = [];
  for (const task of tasks) busy.push(await busyLine(reader, task, questions.get(task.id)));
  const holders = new Set(tasks.map(({ claimedBy }) => claimedBy));
  const idle = (await liveAgents(reader)).filter(
    (agent) => agent.driver !== 'terminal' && !holders.has(agent.id),
  );
  const live = [];
  // A client that was killed has ended no session.
  for (const agent of idle) if (await isLive(reader, agent)) live.push(await idleLine(reader, agent));
  return [...busy, ...live];
}

export type AgentLine = Awaited<ReturnType<typeof agentsNow>>[number];

async function busyLine(reader: Reader, task: Task, question: string | undefined) {
  const agent = task.claimedBy === undefined ? undefined : await findAgent(reader, task.claimedBy);
  const attempt = await findAttempt(reader, { taskId: task.id, attempt: task.attempt });
  return {
    ...(await factsOf(reader, agent, task.claimedBy ?? '')),
    ...{
      task: task.id,
      state: task.state as string,
      since: iso(attempt?.startedAt ?? task.startedAt ?? task.createdAt),
    },
    ...defined({ run: task.runId, question }),
  };
}

async function idleLine(reader: Reader, agent: Agent) {
  return {
    ...(await factsOf(reader, agent, agent.id)),
    ...{ task: null, state: 'idle', since: iso(agent.createdAt) },
    ...defined({ run: agent.runId, question: undefined as string | undefined }),
  };
}

const MOST_FILES = 3;

async function factsOf(reader: Reader, agent: Agent | undefined, id: string) {
  const files = agent === undefined ? [] : await filesWrittenBy(reader, agent.id);
  return {
    name: agent?.name ?? id,
    role: agent?.role ?? 'worker',
    /** What it is good at, its client or driver, and its model, as far as they are known. */
    ...defined({ speciality: agent?.speciality, driver: agent?.driver, model: agent?.model }),
    lastSignAt: agent === undefined ? null : iso(agent.lastSignAt),
    /** What it has written last, as far as its hooks have told. */
    files: files.slice(0, MOST_FILES),
    aboutToWrite: await aboutToWrite(reader, agent),
  };
}
