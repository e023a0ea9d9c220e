import { readBlob } from './objects.js';
import { runGit } from './run-git.js';

/** A file that a commit would change. */
export interface StagedFile {
  path: string;
  /** Of its content in HEAD; empty when it is new. */
  before: string;
  /** Of its content in the index; empty when the commit removes it. */
  hash: string;
}

/** An index of its own, as git gives it to its hooks: `commit -a` and `commit PATH` commit another than the usual one. */
export interface IndexPlace {
  /** Top folder of the checkout. */
  root: string;
  /** Variables that git has set for the hook: `GIT_INDEX_FILE`, `GIT_DIR`. */
  env: Record<string, string>;
}

/** What the next commit would change, against HEAD. Submodules are left out. */
export async function stagedFiles({ root, env }: IndexPlace): Promise<StagedFile[]> {
  const args = ['--cached', '--raw', '-z', '--no-renames', '--no-abbrev', '--ignore-submodules=all'];
  const { stdout } = await runGit(root, ['diff', ...args, '-O/dev/null'], { env });
  const fields = stdout.split('\0');
  const files: StagedFile[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    // `:100644 100644 OLD NEW M`
    const [, , before = '', hash = ''] = (fields[at] ?? '').split(' ');
    files.push({ path: fields[at + 1] ?? '', before: orNone(before), hash: orNone(hash) });
  }
  return files;
}

/** Those of some files of a checkout that its index has otherwise than HEAD, or that are not merged yet. */
export async function stagedAmong(root: string, paths: readonly string[]): Promise<Set<string>> {
  const args = ['--cached', '--name-only', '-z', '--no-renames', '--ignore-submodules=all', '-O/dev/null'];
  const { stdout } = await runGit(root, ['diff', ...args, '--', ...paths]);
  return new Set(stdout.split('\0'));
}

/** Where there is no content git names an id of zeros. */
function orNone(hash: string): string {
  return /^0+$/.test(hash) ? '' : hash;
}

/** The content that an object id of the index or of HEAD names. */
export async function stagedContent({ root }: IndexPlace, hash: string): Promise<Buffer | undefined> {
  return readBlob(root, hash);
}
