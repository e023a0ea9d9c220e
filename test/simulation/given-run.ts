import { join } from 'node:path';
import type { Repository } from '../../src/git/index.js';
import { shapeOf, type PlannedTask, type ShapedTask } from '../../src/plan/index.js';
import type { RunOptions } from '../../src/run/index.js';
import type { Proposal } from '../../src/supervisor/index.js';
import { beginRun } from '../../src/supervisor/index.js';
import type { Site } from '../../src/workspace/index.js';
import type { Life } from './life.js';
import type { Machine } from './machine.js';
import type { SimulatedSheet } from './simulated-sheet.js';

export type TaskWish = Partial<PlannedTask> & { id: string };

function plannedTask(wish: TaskWish, index: number): PlannedTask {
  return {
    ...{ title: `Do ${wish.id}`, spec: `Write what ${wish.id} is about.`, kind: 'implement' },
    ...{ files: [], after: [], priority: 5, exclusive: false, resources: [], isDone: false, line: index + 1 },
    ...wish,
  };
}

export function simulatedOptions(folder: string, wishes: Partial<RunOptions>): RunOptions {
  return {
    agent: 'simulated:agent',
    workers: 3,
    setupInputs: [],
    copy: [],
    keep: [],
    env: {},
    resources: {},
    workspaces: join(folder, 'repo.callsheet'),
    allowRedBase: false,
    startTimeoutMs: 60_000,
    silenceTimeoutMs: 15 * 60_000,
    taskTimeoutMs: 60 * 60_000,
    gateTimeoutMs: 30 * 60_000,
    ...wishes,
  };
}

/** What `run --plan FILE` makes of a plan, before anything is done. */
export function proposalOf(wishes: TaskWish[], options: RunOptions): Proposal {
  const tasks = wishes.map(plannedTask);
  const shape = shapeOf(withGroups(tasks));
  const plan = { ...options, tasks };
  return { plan, tasks, shape, warnings: [], options, asks: [], goal: 'A simulated run' };
}

// A group waits for its children and has no work of its own.
function withGroups(tasks: PlannedTask[]): ShapedTask[] {
  return tasks.map((task) => {
    const children = tasks.filter((each) => each.parent === task.id).map((each) => each.id);
    return children.length === 0
      ? task
      : { ...task, estimateMs: 0, after: [...new Set([...task.after, ...children])] };
  });
}

/** Begins a run as one simulated process would. */
export async function beginSimulatedRun(
  { sheet, repository, machine, life }: Ground,
  proposal: Proposal,
  signal: AbortSignal,
): Promise<Site> {
  const head = await repository.head();
  if (head.branch === undefined || head.commit === undefined)
    throw new Error('The checkout is on no branch.');
  return beginRun({
    store: life.store(sheet.store),
    repository,
    sheetFolder: join(sheet.folder, 'repo', '.git', 'callsheet'),
    proposal,
    head: { branch: head.branch, commit: head.commit },
    withChanges: false,
    by: 'petra',
    signal,
    say: () => undefined,
    processes: machine.seenBy(life),
  });
}

/** What one process of a simulation stands on. */
export interface Ground {
  sheet: SimulatedSheet;
  /** As this process sees it. */
  repository: Repository;
  machine: Machine;
  life: Life;
}
