import { objectId } from './object-id.js';
import type { CommitId } from './repository.js';
import { gitLine, runGit } from './run-git.js';

// Options, revision tricks (`@{-1}`, `a..b`, `a:b`, `a^`, `a~1`, `:/text`), what no ref name may hold, and what
// `git check-ref-format` forbids.
const NO_NAME = /^-|@\{|\.\.|[:^~?*[\\\s\u0000-\u001f\u007f]|^@$|^$/;

/** Whether text can name a branch, tag or ref, and nothing more than that. */
export function isPlainName(name: string): boolean {
  return !NO_NAME.test(name);
}

/** The commit that a branch, tag, ref or id names; undefined when there is none or the text is no plain name. */
export async function resolveName(cwd: string, name: string): Promise<CommitId | undefined> {
  return isPlainName(name) ? revision(cwd, `${name}^{commit}`) : undefined;
}

export function headOf(cwd: string): Promise<CommitId | undefined> {
  return revision(cwd, 'HEAD^{commit}');
}

/** The first parent of a commit; undefined for one without. */
export function parentOf(cwd: string, commit: CommitId): Promise<CommitId | undefined> {
  return revision(cwd, `${objectId(commit)}^1`);
}

async function revision(cwd: string, expression: string): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', expression];
  const id = await gitLine(cwd, args, { okExitCodes: [0, 1] });
  return id === '' ? undefined : id;
}

export async function headBranch(cwd: string): Promise<string | undefined> {
  const ref = await gitLine(cwd, ['symbolic-ref', '--quiet', 'HEAD'], { okExitCodes: [0, 1] });
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

/** The ref of that name, and all refs below it, with their commits. Refs to other objects are left out. */
export async function refsBelow(cwd: string, prefix: string): Promise<Map<string, CommitId>> {
  const format = '--format=%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname)';
  const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
  const { stdout } = await runGit(cwd, ['for-each-ref', format, '--', prefix]);
  const refs = new Map<string, CommitId>();
  for (const line of stdout.split('\n')) {
    const [ref = '', type, id, peeledType, peeledId] = line.split(' ');
    if (ref !== prefix && !ref.startsWith(folder)) continue;
    const commit = type === 'commit' ? id : peeledType === 'commit' ? peeledId : undefined;
    if (commit !== undefined) refs.set(ref, commit);
  }
  return refs;
}
