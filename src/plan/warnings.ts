import { oneLine, pathsOverlap } from '../text/index.js';
import { dependencyOrder, reachOf, type Reach } from './dependency-order.js';
import { findOverlaps } from './overlaps.js';
import { writesNothing } from '../task/index.js';
import type { Plan, PlannedTask, PlanProblem } from './plan.js';
import { isVagueSpec } from './vague-spec.js';

/** Longer tasks are rarely right at the first attempt, and lose more when they are not. */
const LONG_ESTIMATE_MS = 15 * 60_000;
const MAX_IDS = 20;
const MAX_PAIRS = 10;

export interface WarningOptions {
  file: string;
  /** Whether a path is in the commit that the run starts from; without it, files that are used too early go unseen. */
  existsInBase?: (path: string) => boolean;
  /** Its tasks join others, which they may name: what is not among them is left to whoever adds them. */
  joins?: boolean;
}

/** What may go wrong with a plan that can be run: one warning of each kind, naming the tasks. */
export function planWarnings(plan: Plan, options: WarningOptions): PlanProblem[] {
  const open = plan.tasks.filter((task) => !task.isDone);
  const after = new Map(open.map((task) => [task.id, task.after]));
  const walked = dependencyOrder(after);
  const reach = reachOf('order' in walked ? walked.order : [], after);
  const writing = open.filter((task) => !writesNothing(task.kind));
  return [
    warnOf(
      'NO_ESTIMATE',
      open.filter((task) => task.estimateMs === undefined),
      'no estimate',
      '`estimate: 10m`',
    ),
    warnOf('LONG_ESTIMATE', open.filter(isLong), 'an estimate over 15 minutes', 'several smaller tasks'),
    warnOf(
      'NO_FILES',
      writing.filter((task) => task.files.length === 0),
      'no files',
      '`files: [src/app.ts]`',
    ),
    warnOf(
      'VAGUE_SPEC',
      open.filter((task) => isVagueSpec(task.spec)),
      'a vague spec',
      'files, names and what must hold',
    ),
    overlapWarning(writing, reach, options.file),
    ...usedTooEarly(open, reach, options),
  ].flatMap((warning) => warning ?? []);

  function warnOf(
    code: string,
    tasks: PlannedTask[],
    what: string,
    instead: string,
  ): PlanProblem | undefined {
    const [first] = tasks;
    if (first === undefined) return undefined;
    const count = tasks.length === 1 ? 'One task has' : `${tasks.length} tasks have`;
    const message = `${count} ${what}: ${shown(
      tasks.map((task) => task.id),
      MAX_IDS,
    )}`;
    return { file: options.file, line: first.line, column: 1, code, message, instead };
  }
}

function isLong(task: PlannedTask): boolean {
  return task.estimateMs !== undefined && task.estimateMs > LONG_ESTIMATE_MS;
}

/** Joins names, the first ones of many. */
export function shown(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return names.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function overlapWarning(tasks: readonly PlannedTask[], reach: Reach, file: string): PlanProblem | undefined {
  const { overlaps, isComplete } = findOverlaps(tasks, reach);
  const [first] = overlaps;
  if (first === undefined) return undefined;
  const pairs = overlaps.map(
    ({ one, other, paths }) =>
      `${one} and ${other} (${shown(
        paths.map((path) => oneLine(path, 80)),
        3,
      )})`,
  );
  const count = `${overlaps.length}${isComplete ? '' : ' or more'} ${overlaps.length === 1 ? 'pair' : 'pairs'}`;
  return {
    file,
    line: tasks.find((task) => task.id === first.one)?.line ?? 1,
    column: 1,
    code: 'OVERLAPPING_FILES',
    message: `${count} of tasks may write the same files at the same time: ${shown(pairs, MAX_PAIRS)}`,
    instead: '`after` in one of the two, or files that do not overlap',
  };
}

/** Tasks whose spec speaks of a new file that only tasks create which they do not wait for. */
function usedTooEarly(tasks: readonly PlannedTask[], reach: Reach, options: WarningOptions): PlanProblem[] {
  const { existsInBase, file } = options;
  if (existsInBase === undefined) return [];
  const creators = new Map<string, string[]>();
  for (const { id, files } of tasks) {
    for (const path of files) {
      if (/[*?[{]|\/$/.test(path) || existsInBase(path)) continue;
      creators.set(path, [...(creators.get(path) ?? []), id]);
    }
  }
  const uses = tasks.flatMap((task) => {
    const early = pathsIn(task.spec).flatMap((path) => {
      const makers = creators.get(path);
      if (makers === undefined || task.files.some((own) => pathsOverlap(own, path))) return [];
      if (makers.some((maker) => maker === task.id || reach.waitsFor(task.id, maker))) return [];
      return [`${task.id} uses ${path} of ${shown(makers, 3)}`];
    });
    return early.length === 0 ? [] : [{ line: task.line, early }];
  });
  const [first] = uses;
  if (first === undefined) return [];
  const said = shown(
    uses.flatMap(({ early }) => early),
    MAX_PAIRS,
  );
  const message = `Files that another task creates are used without waiting for it: ${said}`;
  return [
    {
      file,
      line: first.line,
      column: 1,
      code: 'USED_BEFORE_CREATED',
      message,
      instead: '`after` with the task that creates it',
    },
  ];
}

function pathsIn(spec: string): string[] {
  // Trimming a word of a megabyte of brackets would take minutes; no path is that long.
  const words = (spec.match(/[\w@~+()[\]./-]+/g) ?? []).filter((word) => word.length <= 300);
  const plain = words.map((word) => word.replace(/^[([]+|[)\].]+$/g, '').replace(/^\.\//, ''));
  return [...new Set([...words, ...plain])];
}
