import { oneLine, plainText } from '../text/index.js';
import {
  checkKeys,
  field,
  integerFrom,
  listOf,
  present,
  readCommand,
  readDuration,
  readFlag,
  readJsonObject,
  readLine,
  readText,
  readName,
  type FieldReader,
} from './fields.js';
import { nearest } from './nearest.js';
import { readResourceName, readTaskId } from './names.js';
import { readPath } from './paths.js';
import { TASK_KINDS, type TaskKind } from '../task/index.js';
import type { PlannedTask } from './plan.js';
import type { Problems } from './problems.js';
import { valueAt, type YamlMap, type YamlNode } from './yaml-node.js';

export const DEFAULT_PRIORITY = 5;

/** A task and where the things stand that other tasks are checked against. */
export interface ReadTask {
  task: PlannedTask;
  idOffset: number;
  parentOffset: number;
  after: { id: string; offset: number }[];
}

export const TASK_KEYS = [
  'id',
  'title',
  'spec',
  'files',
  'priority',
  'estimate',
  'after',
  'kind',
  'speciality',
  'assignee',
  'model',
  'parent',
  'attempts',
  'timeout',
  'gate',
  'exclusive',
  'resources',
  'output',
] as const;

const OTHER_WORDS = {
  name: 'title',
  description: 'spec',
  prompt: 'spec',
  dependencies: 'after',
  depends_on: 'after',
  dependsOn: 'after',
  needs: 'after',
  type: 'kind',
  specialty: 'speciality',
  paths: 'files',
  retries: 'attempts',
};

const readPriority = integerFrom(1, 10, 'BAD_PRIORITY');
const readAttempts = integerFrom(1, 20, 'BAD_ATTEMPTS');

/** Reads one task in the words of a plan; what is missing gets its default. */
export function readTask(map: YamlMap, problems: Problems): ReadTask {
  checkKeys(map, TASK_KEYS, problems, OTHER_WORDS);
  const { id, idOffset } = readOwnId(map, problems);
  const spec = readSpec(map, 'spec', problems);
  const after = field(map, 'after', problems, listOf(readReference)) ?? [];
  const task = present<PlannedTask>({
    id,
    title: field(map, 'title', problems, readLine) ?? titleFrom(spec),
    spec,
    files: field(map, 'files', problems, listOf(readPath)) ?? [],
    after: [...new Set(after.map((needed) => needed.id))],
    ...readHandling(map, problems),
    estimateMs: field(map, 'estimate', problems, readDuration),
    parent: field(map, 'parent', problems, readTaskId),
    gate: field(map, 'gate', problems, readCommand),
    output: field(map, 'output', problems, readJsonObject),
    isDone: false,
    line: problems.lineOf(map.offset),
  });
  return { task, idOffset, parentOffset: valueAt(map, 'parent')?.offset ?? map.offset, after };
}

type Handling = Pick<
  PlannedTask,
  | 'kind'
  | 'priority'
  | 'speciality'
  | 'assignee'
  | 'model'
  | 'attempts'
  | 'timeoutMs'
  | 'exclusive'
  | 'resources'
>;

/** Who is to do a task, when, and within which bounds. */
function readHandling(map: YamlMap, problems: Problems): Handling {
  return present<Handling>({
    kind: field(map, 'kind', problems, readKind) ?? 'implement',
    priority: field(map, 'priority', problems, readPriority) ?? DEFAULT_PRIORITY,
    speciality: field(map, 'speciality', problems, readName),
    assignee: field(map, 'assignee', problems, readName),
    model: field(map, 'model', problems, readName),
    attempts: field(map, 'attempts', problems, readAttempts),
    timeoutMs: field(map, 'timeout', problems, readDuration),
    exclusive: field(map, 'exclusive', problems, readFlag) ?? false,
    resources: [...new Set(field(map, 'resources', problems, listOf(readResourceName)) ?? [])],
  });
}

/** The id of a task; empty when it is missing or wrong, so that nothing is checked against it. */
export function readOwnId(map: YamlMap, problems: Problems): { id: string; idOffset: number } {
  const node = valueAt(map, 'id');
  if (node !== undefined) return { id: readTaskId(node, 'id', problems) ?? '', idOffset: node.offset };
  problems.add(map.offset, 'MISSING_ID', 'A task has no `id`', 'an `id` such as `add-limiter`');
  return { id: '', idOffset: map.offset };
}

/** The spec under a key, which no task can do without. */
export function readSpec(map: YamlMap, key: string, problems: Problems): string {
  const node: YamlNode | undefined = valueAt(map, key);
  const spec = node === undefined ? '' : readText(node, key, problems);
  if (spec?.trim() === '') {
    const instead = `\`${key}: |\` and what is to be done, for a reader who knows nothing else`;
    problems.add(node?.offset ?? map.offset, 'EMPTY_SPEC', `A task has no \`${key}\``, instead);
  }
  return spec?.trim() ?? '';
}

/** The first line of a spec, short enough for tables. */
export function titleFrom(spec: string): string {
  const [line = ''] = plainText(spec).trim().split('\n');
  return oneLine(line.replace(/^#+\s*/, ''), 80);
}

/** A task that another names, with its place. */
export const readReference: FieldReader<{ id: string; offset: number }> = (node, key, problems) => {
  const id = readTaskId(node, key, problems);
  return id === undefined ? undefined : { id, offset: node.offset };
};

const readKind: FieldReader<TaskKind> = (node, key, problems) => {
  const text = node.kind === 'scalar' ? node.source : '';
  const kind = TASK_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  const instead = nearest(text, TASK_KINDS) ?? `one of: ${TASK_KINDS.join(', ')}`;
  problems.add(
    node.offset,
    'BAD_KIND',
    `\`${key}\` is \`${oneLine(text, 40)}\`, which is no kind of task`,
    instead,
  );
  return undefined;
};
