import { boundedMiddle } from '../text/index.js';
import { lookUpObjects, objectAt, readBlob } from './objects.js';

const MAX_CHARS = 4_000;
// Who resolves a conflict reads the files anyway; past these sizes an extract helps nobody.
const MAX_FILES = 50;
const MAX_BLOB_BYTES = 4 * 1024 * 1024;

/** The parts of merged files that stand between conflict markers, by path; files without such text are left out. */
export async function conflictHunks(
  cwd: string,
  tree: string,
  paths: string[],
): Promise<Map<string, string>> {
  const names = paths.slice(0, MAX_FILES).map((path) => ({ path, name: objectAt(tree, path) ?? '' }));
  const objects = await lookUpObjects(cwd, names.map(({ name }) => name).filter(Boolean));
  const hunks = new Map<string, string>();
  for (const { path, name } of names) {
    const object = objects.get(name);
    if (object?.type !== 'blob' || object.size > MAX_BLOB_BYTES) continue;
    const content = await readBlob(cwd, object.id);
    const extract = content === undefined ? '' : extractHunks(content);
    if (extract !== '') hunks.set(path, extract);
  }
  return hunks;
}

/** Everything from `<<<<<<<` to `>>>>>>>`, at most 4,000 characters; empty for binary content. */
function extractHunks(content: Buffer): string {
  if (content.includes(0)) return '';
  const kept: string[] = [];
  let isInside = false;
  for (const line of content.toString('utf8').split('\n')) {
    if (/^<{7,} /.test(line)) isInside = true;
    if (isInside) kept.push(line);
    if (/^>{7,} /.test(line)) isInside = false;
  }
  return boundedMiddle(kept.join('\n'), MAX_CHARS);
}
