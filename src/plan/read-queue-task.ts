import { checkKeys, field, integerFrom, listOf, readLine, readText, type FieldReader } from './fields.js';
import { readPath } from './paths.js';
import type { Problems } from './problems.js';
import {
  DEFAULT_PRIORITY,
  readOwnId,
  readReference,
  readSpec,
  titleFrom,
  type ReadTask,
} from './read-task.js';
import { valueAt, type YamlMap } from './yaml-node.js';

/** The words of a task queue kept in a JSON file, which the plan reader takes as well. */
export const QUEUE_TASK_KEYS = [
  'id',
  'title',
  'description',
  'status',
  'claimed_by',
  'priority',
  'dependencies',
  'context',
] as const;

const STATUSES = ['available', 'claimed', 'done'] as const;
type Status = (typeof STATUSES)[number];

const PRIORITY_WORDS: Readonly<Record<string, number>> = {
  critical: 1,
  high: 2,
  medium: DEFAULT_PRIORITY,
  normal: DEFAULT_PRIORITY,
  low: 8,
};

/** A task of a queue file; one that somebody claimed elsewhere is open here. */
export interface ReadQueueTask extends ReadTask {
  wasClaimed: boolean;
}

/** Reads one task of a queue file: `description` is its spec, `context.hints` a part of it. */
export function readQueueTask(map: YamlMap, problems: Problems): ReadQueueTask {
  checkKeys(map, QUEUE_TASK_KEYS, problems, {
    spec: 'description',
    after: 'dependencies',
    files: 'context: {files: […]}',
  });
  const description = readSpec(map, 'description', problems);
  const after = field(map, 'dependencies', problems, listOf(readReference)) ?? [];
  const { files, hints } = readContext(map, problems);
  const status = field(map, 'status', problems, readStatus) ?? 'available';
  const { id, idOffset } = readOwnId(map, problems);
  field(map, 'claimed_by', problems, readLine);
  const task = {
    id,
    title: field(map, 'title', problems, readLine) ?? titleFrom(description),
    spec:
      hints.length === 0
        ? description
        : `${description}\n\nHints:\n${hints.map((hint) => `- ${hint}`).join('\n')}`,
    kind: 'implement' as const,
    files,
    after: [...new Set(after.map((needed) => needed.id))],
    priority: field(map, 'priority', problems, readQueuePriority) ?? DEFAULT_PRIORITY,
    exclusive: false,
    resources: [],
    isDone: status === 'done',
    line: problems.lineOf(map.offset),
  };
  return { task, idOffset, parentOffset: map.offset, after, wasClaimed: status === 'claimed' };
}

function readContext(map: YamlMap, problems: Problems): { files: string[]; hints: string[] } {
  const node = valueAt(map, 'context');
  if (node === undefined) return { files: [], hints: [] };
  if (node.kind !== 'map') {
    problems.add(
      node.offset,
      'WRONG_TYPE',
      '`context` is no mapping',
      '`"context": {"files": ["src/app.js"]}`',
    );
    return { files: [], hints: [] };
  }
  checkKeys(node, ['files', 'hints'], problems);
  return {
    files: field(node, 'files', problems, listOf(readPath)) ?? [],
    hints: field(node, 'hints', problems, readHints) ?? [],
  };
}

/** One hint or a list of them. */
const readHints: FieldReader<string[]> = (node, key, problems) => {
  if (node.kind !== 'scalar') return listOf(readText)(node, key, problems);
  const hint = readText(node, key, problems);
  return hint === undefined ? undefined : [hint];
};

const readStatus: FieldReader<Status> = (node, key, problems) => {
  const status = STATUSES.find((known) => node.kind === 'scalar' && known === node.source);
  if (status === undefined) {
    problems.add(
      node.offset,
      'BAD_STATUS',
      `\`${key}\` is none that is known`,
      `one of: ${STATUSES.join(', ')}`,
    );
  }
  return status;
};

/** A number from 1 (most urgent) to 10, or a word: critical 1, high 2, medium 5, low 8. */
const readQueuePriority: FieldReader<number> = (node, key, problems) => {
  const word = node.kind === 'scalar' ? node.source.toLowerCase() : '';
  if (Object.hasOwn(PRIORITY_WORDS, word)) return PRIORITY_WORDS[word];
  return integerFrom(1, 10, 'BAD_PRIORITY')(node, key, problems);
};
