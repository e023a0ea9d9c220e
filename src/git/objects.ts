import { runGit, runGitForBytes } from './run-git.js';

export interface ObjectInfo {
  id: string;
  type: string;
  size: number;
}

/** Names a path in a commit or tree for `cat-file`; undefined where git would take it for a relative path. */
export function objectAt(treeish: string, path: string): string | undefined {
  return path === '' || /^\.\.?(?:\/|$)/.test(path) || path.includes('\0') ? undefined : `${treeish}:${path}`;
}

/** Looks up many names (`commit:path`, ids) in one call; what does not exist is left out. */
export async function lookUpObjects(cwd: string, names: readonly string[]): Promise<Map<string, ObjectInfo>> {
  const found = new Map<string, ObjectInfo>();
  if (names.length === 0) return found;
  const { stdout } = await runGit(cwd, ['cat-file', '--batch-check', '-z'], {
    input: `${names.join('\0')}\0`,
  });
  let rest = stdout;
  for (const name of names) {
    // The answer repeats a missing name, line breaks included: only knowing the name tells where it ends.
    const missing = `${name} missing\n`;
    const end = rest.startsWith(missing) ? missing.length : rest.indexOf('\n') + 1;
    const [id, type, size] = rest.slice(0, end).trimEnd().split(' ');
    if (!rest.startsWith(missing) && id !== undefined && type !== undefined)
      found.set(name, { id, type, size: Number(size) });
    rest = rest.slice(end);
  }
  return found;
}

/** The content of a blob; undefined when the name leads to none. */
export async function readBlob(cwd: string, name: string): Promise<Buffer | undefined> {
  const { stdout } = await runGitForBytes(cwd, ['cat-file', '--batch', '-z'], { input: `${name}\0` });
  const header = /^[0-9a-f]+ (\w+) (\d+)\n/.exec(stdout.subarray(0, 200).toString('latin1'));
  if (header?.[1] !== 'blob') return undefined;
  return stdout.subarray(header[0].length, header[0].length + Number(header[2]));
}

export async function fileAt(cwd: string, treeish: string, path: string): Promise<Buffer | undefined> {
  const name = objectAt(treeish, path);
  return name === undefined ? undefined : readBlob(cwd, name);
}

/** Object id of each path (of a folder: its tree), without those that are not there. */
export async function hashesAt(
  cwd: string,
  treeish: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const named = paths.flatMap((path) => {
    const name = objectAt(treeish, path);
    return name === undefined ? [] : [{ path, name }];
  });
  const found = await lookUpObjects(
    cwd,
    named.map(({ name }) => name),
  );
  return new Map(
    named.flatMap(({ path, name }) => {
      const object = found.get(name);
      return object === undefined ? [] : [[path, object.id] as const];
    }),
  );
}
