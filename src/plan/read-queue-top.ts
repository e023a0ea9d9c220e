import { field, integerFrom, present, readName, type FieldReader } from './fields.js';
import { readPath } from './paths.js';
import type { Plan } from './plan.js';
import type { Problems } from './problems.js';
import type { YamlMap } from './yaml-node.js';

/** The keys at the top of a queue file that a plan does not have. */
export const QUEUE_TOP_KEYS = ['max_workers', 'model', 'task_timeout', 'working_directory'] as const;

/** What a queue file says about the whole run. */
export function readQueueTop(
  map: YamlMap,
  problems: Problems,
): Pick<Plan, 'workers' | 'model' | 'taskTimeoutMs' | 'startFolder'> {
  return present({
    workers: field(map, 'max_workers', problems, integerFrom(1, 64, 'BAD_WORKERS')),
    model: field(map, 'model', problems, readName),
    taskTimeoutMs: field(map, 'task_timeout', problems, readSeconds),
    startFolder: field(map, 'working_directory', problems, readStartFolder),
  });
}

/** The repository's top, however it is written, is no start folder of its own. */
const readStartFolder: FieldReader<string> = (node, key, problems) => {
  const folder = readPath(node, key, problems)?.replace(/\/+$/, '');
  return folder === '' || folder === '.' ? undefined : folder;
};

const readSeconds: FieldReader<number> = (node, key, problems) => {
  const value = node.kind === 'scalar' ? node.value : undefined;
  if (typeof value === 'number' && value > 0 && value <= 30 * 86_400) return Math.round(value * 1_000);
  problems.add(
    node.offset,
    'BAD_DURATION',
    `\`${key}\` is no number of seconds`,
    'a number such as 600, up to 30 days',
  );
  return undefined;
};
