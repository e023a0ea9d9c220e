import type { Conflict } from '../../conflict/index.js';
import { findLandings, type Landing } from '../../landing/index.js';
import { defined, type Reader } from '../../store/index.js';
import { findAttempts } from '../../task/index.js';
import { oneLine, plainText, shownNames } from '../../text/index.js';
import { namesOf } from '../names.js';
import { iso, optionalIso } from '../time.js';

/** One side of a conflict: whose work it is, and where it is. */
export interface Side {
  task: string;
  attempt?: number;
  agent?: string;
  /** The branch of a session that it came from. */
  branch?: string;
  commit?: string;
}

/** A conflict as it is printed. */
export interface ConflictDocument {
  id: string;
  state: Conflict['state'];
  run?: string;
  /** What did not fit. */
  task: Side;
  /** What had landed; empty when it came from elsewhere. */
  with: Side[];
  paths: string[];
  decision?: { keep: string; reason: string; by: string; at: string };
  resolution?: string;
  createdAt: string;
  resolvedAt?: string;
}

export async function conflictDocument(reader: Reader, conflict: Conflict): Promise<ConflictDocument> {
  const { id, state, runId, taskId, attempt, paths, decision, resolution } = conflict;
  const others = await Promise.all(conflict.otherTaskIds.map((other) => sideOf(reader, other, ['landed'])));
  const by = decision?.by;
  const name = (await namesOf(reader, [by])).get(by ?? '') ?? by ?? '';
  return defined({
    ...{ id, state, run: runId, with: others, paths, resolution },
    task: await sideOf(reader, taskId, ['conflicted'], attempt),
    decision:
      decision === undefined
        ? undefined
        : { keep: decision.keep, reason: decision.reason, by: name, at: iso(decision.at) },
    createdAt: iso(conflict.createdAt),
    resolvedAt: optionalIso(conflict.resolvedAt),
  });
}

/** The landing that a conflict came from: of the task that did not fit. */
export async function landingOf(
  reader: Reader,
  taskId: string,
  states: readonly Landing['state'][],
  attempt?: number,
): Promise<Landing | undefined> {
  return (await findLandings(reader, { taskId, states, ...defined({ attempt }) })).at(-1);
}

async function sideOf(
  reader: Reader,
  task: string,
  states: readonly Landing['state'][],
  only?: number,
): Promise<Side> {
  const landing = await landingOf(reader, task, states, only);
  const attempt = landing?.attempt ?? only;
  const agentId = landing?.session?.agentId ?? (await agentOf(reader, task, attempt));
  const agent = agentId === undefined ? undefined : (await namesOf(reader, [agentId])).get(agentId);
  return defined({
    ...{ task, attempt, agent, branch: landing?.session?.branch },
    commit: states.includes('landed') ? landing?.commit : landing?.headCommit,
  });
}

/** Who worked on an attempt of a task; of its last when none is named. */
export async function agentOf(reader: Reader, taskId: string, attempt?: number): Promise<string | undefined> {
  const attempts = await findAttempts(reader, taskId);
  return attempts.findLast((each) => attempt === undefined || each.attempt === attempt)?.agentId;
}

/** Both sides in a line. */
export function sidesInWords({ task, with: others, paths }: ConflictDocument): string {
  const against = others.map(sideInWords).join(', ') || 'what came from elsewhere';
  return `${sideInWords(task)} does not fit ${against}, in ${oneLine(plainText(shownNames(paths, 5)), 200)}`;
}

function sideInWords({ task, agent, branch, commit }: Side): string {
  const facts = [
    agent === undefined ? undefined : `by ${agent}`,
    branch === undefined ? undefined : `branch ${oneLine(plainText(branch), 100)}`,
    commit?.slice(0, 10),
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? task : `${task} (${facts.join(', ')})`;
}
