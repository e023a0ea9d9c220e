/**
 * The bytes of a path, one character each (`latin1`). git knows bytes; a name that is not UTF-8 would not survive
 * the way to text and back, and its file would be silently left out.
 */
export type RawPath = string;

export interface RawChange {
  path: RawPath;
  change: 'added' | 'deleted' | 'modified';
  /** False for a staged deletion: whatever lies at the path now is untracked, or ignored. */
  isInIndex: boolean;
  isUnmerged: boolean;
  /** A submodule whose own files are changed or untracked: that content is not in the commit it points at. */
  hasInnerChanges: boolean;
}

export interface RawStatus {
  head: string | undefined;
  tracked: RawChange[];
  untracked: RawPath[];
  /** Untracked folders that are repositories of their own, without the slash at the end. */
  nested: RawPath[];
}

/** How many fields stand before the path, by the first character of a line. */
const FIELDS_BEFORE_PATH: Record<string, number> = { '1': 8, u: 10 };

/**
 * Reads `git status --porcelain=v2 --branch -z --no-renames`.
 * @see https://git-scm.com/docs/git-status#_porcelain_format_version_2
 */
export function parseStatus(output: string): RawStatus {
  const status: RawStatus = { head: undefined, tracked: [], untracked: [], nested: [] };
  for (const line of output.split('\0')) {
    if (line.startsWith('# branch.oid ')) status.head = headFrom(line.slice('# branch.oid '.length));
    else if (line.startsWith('? ')) addUntracked(status, line.slice(2));
    else if (FIELDS_BEFORE_PATH[line.charAt(0)] !== undefined) status.tracked.push(parseChange(line));
  }
  return status;
}

function headFrom(value: string): string | undefined {
  return value === '(initial)' ? undefined : value;
}

/** Even with `--untracked-files=all`, git shows a nested repository as a folder. */
function addUntracked(status: RawStatus, path: RawPath): void {
  if (path.endsWith('/')) status.nested.push(path.slice(0, -1));
  else status.untracked.push(path);
}

function parseChange(line: string): RawChange {
  const fields = line.split(' ');
  const [, states = '..', submodule = 'N...'] = fields;
  return {
    path: fields.slice(FIELDS_BEFORE_PATH[line.charAt(0)]).join(' '),
    change: changeFrom(states.charAt(0), states.charAt(1)),
    isInIndex: !states.startsWith('D') || line.startsWith('u'),
    isUnmerged: line.startsWith('u'),
    hasInnerChanges: /^S.(?:M.|.U)$/.test(submodule),
  };
}

function changeFrom(index: string, worktree: string): RawChange['change'] {
  if (worktree === 'D' || (index === 'D' && worktree === '.')) return 'deleted';
  return index === 'A' || worktree === 'A' ? 'added' : 'modified';
}

/** What must be put into the index to have all changes in it. */
export function pathsToStage({ tracked, untracked }: RawStatus): RawPath[] {
  return [...tracked.filter(({ isInIndex }) => isInIndex).map(({ path }) => path), ...untracked];
}

export function toText(path: RawPath): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** git's own bytes of a name that was read as text. */
export function toRaw(path: string): RawPath {
  return Buffer.from(path).toString('latin1');
}
