import { usageError } from '../error/index.js';
import { hasUnsafeCharacters, literalBeginnings, pathsOverlap } from '../text/index.js';

export const TARGET_KINDS = ['path', 'resource'] as const;

/** What a lock is on: a path (file, folder, glob; relative to the repository) or one unit of a named resource. */
export interface Target {
  kind: (typeof TARGET_KINDS)[number];
  value: string;
}

const MOST_TARGETS = 200;
const LONGEST_NAME = 100;

/**
 * The targets of a request, each once.
 * @throws {CallsheetError} `LOCK_INVALID` (usage) when there is none, too many, or a resource's name is none.
 */
export function requireTargets(paths: readonly string[], resources: readonly string[]): Target[] {
  const targets: Target[] = [
    ...[...new Set(paths)].map((value) => ({ kind: 'path' as const, value })),
    ...[...new Set(resources)].map((value) => ({ kind: 'resource' as const, value })),
  ];
  if (targets.length === 0)
    throw invalid('A lock needs a path or a resource', 'Name what to lock: a path, or --resource NAME.');
  if (targets.length > MOST_TARGETS) {
    throw invalid(
      `${targets.length} targets are more than the ${MOST_TARGETS} that one lock may have`,
      'Name a folder instead, such as src/.',
    );
  }
  if (paths.includes('')) throw invalid('An empty path cannot be locked', 'The whole repository is `**`.');
  resources.forEach(requireResourceName);
  return targets;
}

/** @throws {CallsheetError} `LOCK_INVALID` (usage). */
export function requireResourceName(name: string): void {
  if (name.trim() === name && name !== '' && name.length <= LONGEST_NAME && !hasUnsafeCharacters(name))
    return;
  throw invalid(
    `“${name.slice(0, LONGEST_NAME)}” cannot be a resource's name`,
    `Use a plain name of at most ${LONGEST_NAME} characters, such as test-suite or port:3000.`,
  );
}

function invalid(what: string, hint: string): Error {
  return usageError('LOCK_INVALID', `${what}. Nothing was locked.`, hint);
}

/** Whether two targets cannot be held by two agents. A resource may, up to its capacity; that is counted elsewhere. */
export function overlap(one: Target, other: Target): boolean {
  if (one.kind !== other.kind) return false;
  return one.kind === 'path' ? pathsOverlap(one.value, other.value) : one.value === other.value;
}

/**
 * The folder or file that all paths of a pattern lie in, `''` for the whole repository. Two patterns can overlap
 * only where one base lies in the other: that makes candidates a matter of an index.
 */
export function baseOf(pattern: string): string {
  const [first = [], ...others] = literalBeginnings(pattern);
  let common = first.length;
  for (const other of others) {
    const differs = first.findIndex((name, index) => other[index] !== name);
    if (differs !== -1) common = Math.min(common, differs);
  }
  return first.slice(0, common).join('/');
}

/** A base and the folders it lies in, up to the repository's top. */
export function basesAbove(base: string): string[] {
  const names = base === '' ? [] : base.split('/');
  return ['', ...names.map((_, index) => names.slice(0, index + 1).join('/'))];
}

/** Whether one who holds `held` holds all of `wanted`. Says no where it would take thought. */
export function covers(held: Target, wanted: Target): boolean {
  if (held.kind !== wanted.kind) return false;
  if (held.value === wanted.value) return true;
  if (held.kind === 'resource') return false;
  if (held.value === '**') return true;
  const base = baseOf(held.value);
  if (base === '') return false;
  const inside = baseOf(wanted.value);
  const isWhole = held.value === base || held.value === `${base}/`;
  if (!isWhole && held.value !== `${base}/**`) return false;
  return inside.startsWith(`${base}/`) || (isWhole && inside === base);
}
