import type { RunOptions } from '../../src/run/index.js';
import type { TaskWish } from './given-run.js';
import type { Random } from './random.js';

export interface Scenario {
  tasks: TaskWish[];
  options: Partial<RunOptions>;
  /** Two tasks whose work merges cleanly and turns the gate red together. */
  clash: readonly [string, string] | undefined;
  /** How often the gate is red for nothing. */
  flaky: number;
  base: ReadonlyMap<string, string>;
}

const PATHS = ['src/a.js', 'src/b.js', 'src/c.js', 'src/d.js', 'src/e.js'];
/** As many lines as agents choose from to change: two choices conflict now and then. */
export const LINES = 8;

/** A plan with all that a plan can say, and a repository for it. */
export function randomScenario(random: Random, most = random.is(0.15) ? 8 : 4): Scenario {
  const ids = Array.from({ length: random.from(2, most) }, (_, index) => `t${index + 1}`);
  const tasks = ids.map((id, index) => randomTask(random, id, ids.slice(0, index)));
  if (ids.length > 3 && random.is(0.2)) addGroup(random, tasks);
  const lines = Array.from({ length: LINES }, (_, line) => `line ${line}\n`).join('');
  return {
    tasks,
    options: {
      workers: random.from(1, 4),
      resources: random.is(0.5) ? { port: random.from(1, 2) } : {},
      startTimeoutMs: 30_000,
      silenceTimeoutMs: 10 * 60_000,
      taskTimeoutMs: 40 * 60_000,
      gateTimeoutMs: 3 * 60_000,
      ...(random.is(0.75) ? { gate: 'test' } : {}),
      ...(random.is(0.15) ? { setup: 'install' } : {}),
      ...(random.is(0.1) ? { allowRedBase: true } : {}),
    },
    clash: random.is(0.2) ? [random.one(ids), random.one(ids)] : undefined,
    flaky: random.is(0.2) ? 0.2 : 0,
    base: new Map(PATHS.map((path) => [path, lines])),
  };
}

function randomTask(random: Random, id: string, before: string[]): TaskWish {
  return {
    id,
    after: random.some(before, 0.3),
    files: random.is(0.7) ? random.some(PATHS, 0.3) : [],
    priority: random.from(1, 10),
    kind: random.is(0.1) ? 'research' : 'implement',
    exclusive: random.is(0.12),
    resources: random.is(0.2) ? ['port'] : [],
    ...(random.is(0.6) ? { estimateMs: random.from(1, 30) * 60_000 } : {}),
    ...(random.is(0.5) ? { attempts: random.from(1, 3) } : {}),
    ...(random.is(0.1) ? { assignee: random.one(['bo', 'cy']) } : {}),
    ...(random.is(0.3) ? { speciality: random.one(['tests', 'ui']) } : {}),
    ...(random.is(0.1) ? { gate: 'own' } : {}),
  };
}

/** A group above some tasks, and sometimes a task that needs the group. */
function addGroup(random: Random, tasks: TaskWish[]): void {
  const children = tasks.slice(0, 2);
  for (const child of children) child.parent = 'group';
  tasks.push({ id: 'group', files: [], after: [] });
  if (random.is(0.5)) tasks.push({ ...randomTask(random, 'last', []), after: ['group'] });
}
