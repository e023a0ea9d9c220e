import { createHash } from 'node:crypto';
import type { ChangedPath, CommitId, FileConflict, TreeId } from '../../src/git/index.js';
import type { MergeResult } from '../../src/git/repository.js';

/** Contents by path. Never changed once it is a tree. */
export type Files = ReadonlyMap<string, string>;

export interface ModelCommit {
  tree: TreeId;
  parents: CommitId[];
  message: string;
}

/** Commits and trees, named by what is in them; nothing is ever collected. */
export class ModelHistory {
  private readonly trees = new Map<TreeId, Files>();
  private readonly commits = new Map<CommitId, ModelCommit>();

  treeFrom(files: Files): TreeId {
    const entries = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
    const id = hash(JSON.stringify(entries));
    if (!this.trees.has(id)) this.trees.set(id, new Map(entries));
    return id;
  }

  /** @param nowMs git names commits by their second, too. */
  commit(commit: ModelCommit, nowMs: number): CommitId {
    const id = hash(JSON.stringify([commit, Math.floor(nowMs / 1000)]));
    this.commits.set(id, { ...commit });
    return id;
  }

  has(id: CommitId): boolean {
    return this.commits.has(id);
  }

  get(id: CommitId): ModelCommit {
    const commit = this.commits.get(id);
    if (commit === undefined) throw new Error(`no commit ${id}`);
    return commit;
  }

  /** Files of a commit or a tree. */
  filesOf(id: CommitId): Files {
    const files = this.trees.get(this.commits.get(id)?.tree ?? id);
    if (files === undefined) throw new Error(`no commit or tree ${id}`);
    return files;
  }

  /** A commit and all before it. */
  reach(from: Iterable<CommitId>): Set<CommitId> {
    const seen = new Set<CommitId>();
    const left = [...from];
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      left.push(...this.get(id).parents);
    }
    return seen;
  }

  isAncestor(ancestor: CommitId, descendant: CommitId): boolean {
    return this.reach([descendant]).has(ancestor);
  }

  /** One of {@link mergeBases}; the same one for the same commits. */
  mergeBase(one: CommitId, other: CommitId): CommitId | undefined {
    return this.mergeBases(one, other)[0];
  }

  /** The common ancestors that no other common ancestor builds on. */
  mergeBases(one: CommitId, other: CommitId): CommitId[] {
    const ofOther = this.reach([other]);
    const common = [...this.reach([one])].filter((id) => ofOther.has(id));
    // What a common ancestor builds on is a worse one.
    const worse = new Set(common.flatMap((id) => this.get(id).parents));
    return common.filter((id) => !worse.has(id)).sort();
  }

  changes(from: CommitId, to: CommitId): ChangedPath[] {
    const [before, after] = [this.filesOf(from), this.filesOf(to)];
    return changesBetween(before, after);
  }

  /**
   * By file and line, over one base. Not as git does it where a history crosses (git first merges the bases), nor where
   * a file is deleted and one like it added (git takes it for renamed): no engine and no agent here makes such a history.
   */
  merge(ours: CommitId, theirs: CommitId): MergeResult {
    const base = this.mergeBase(ours, theirs);
    if (base === undefined) throw new Error(`${ours} and ${theirs} have no commit in common`);
    return this.mergeTrees(this.filesOf(base), this.filesOf(ours), this.filesOf(theirs));
  }

  private mergeTrees(base: Files, ours: Files, theirs: Files): MergeResult {
    const merged = new Map<string, string>();
    const conflicts: FileConflict[] = [];
    const paths = [...new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])].sort();
    for (const path of paths) {
      const result = mergeFile(base.get(path), ours.get(path), theirs.get(path));
      if ('conflict' in result) conflicts.push({ path, kind: result.conflict, hunks: result.hunks });
      else if (result.content !== undefined) merged.set(path, result.content);
    }
    return conflicts.length > 0 ? { clean: false, conflicts } : { clean: true, tree: this.treeFrom(merged) };
  }
}

export function changesBetween(before: Files, after: Files): ChangedPath[] {
  const changes: ChangedPath[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) continue;
    changes.push({
      path,
      change: old === undefined ? 'added' : now === undefined ? 'deleted' : 'modified',
    });
  }
  return changes;
}

type MergedFile = { content: string | undefined } | { conflict: string; hunks: string };

function mergeFile(
  base: string | undefined,
  ours: string | undefined,
  theirs: string | undefined,
): MergedFile {
  if (ours === theirs || base === theirs) return { content: ours };
  if (base === ours) return { content: theirs };
  const hunks = `<<<<<<< ours\n${ours ?? ''}=======\n${theirs ?? ''}>>>>>>> theirs\n`;
  if (ours === undefined || theirs === undefined) return { conflict: 'modify/delete', hunks: '' };
  if (base === undefined) return { conflict: 'add/add', hunks };
  const content = mergeLines(base.split('\n'), ours.split('\n'), theirs.split('\n'));
  return content === undefined ? { conflict: 'content', hunks } : { content: content.join('\n') };
}

/** Files of as many lines as before merge line by line, where no line and none beside it was changed by both. */
function mergeLines(base: string[], ours: string[], theirs: string[]): string[] | undefined {
  if (ours.length !== base.length || theirs.length !== base.length) return undefined;
  const oursAt = base.map((line, index) => ours[index] !== line);
  const theirsAt = base.map((line, index) => theirs[index] !== line);
  for (const index of base.keys()) {
    if (!oursAt[index]) continue;
    const isAgreed = ours[index] === theirs[index];
    const isNear = theirsAt[index - 1] === true || theirsAt[index] === true || theirsAt[index + 1] === true;
    if (isNear && !isAgreed) return undefined;
  }
  return base.map((line, index) => (oursAt[index] ? ours[index]! : theirsAt[index] ? theirs[index]! : line));
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
