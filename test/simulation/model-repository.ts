import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { CallsheetError } from '../../src/error/index.js';
import type {
  CommitId,
  CommitInfo,
  Repository,
  SavedWorkspace,
  TreeId,
  Worktree,
} from '../../src/git/index.js';
import { changesBetween, ModelHistory, type Files } from './model-history.js';

/** A checkout: the user's, an attempt's or a gate's. */
interface Checkout {
  branch: string | undefined;
  head: CommitId;
  files: Map<string, string>;
  /** Where its HEAD has been. */
  been: Set<CommitId>;
}

/** Hears of what changes, before and after it. */
export interface ModelWatcher {
  /** A ref has moved, or is gone. */
  refMoved(ref: string, from: CommitId | undefined, to: CommitId | undefined): void;
  /** A checkout is about to lose its files. */
  filesGo(path: string): void;
}

/**
 * git, as far as an engine asks for it: commits are trees of path and content, merges are three-way by file and
 * line, refs move by compare-and-swap. Everything happens at once and in memory; only the folders of worktrees are
 * real (and empty), since the engine looks whether they are there.
 */
export class ModelRepository implements Repository {
  readonly history = new ModelHistory();
  readonly refsByName = new Map<string, CommitId>();
  readonly checkouts = new Map<string, Checkout>();
  readonly isBare = false;
  watcher: ModelWatcher | undefined;

  constructor(
    readonly root: string,
    readonly commonDir: string,
    private readonly now: () => number,
    files: Files,
  ) {
    const tree = this.history.treeFrom(files);
    const head = this.history.commit({ tree, parents: [], message: 'Start\n' }, now());
    this.refsByName.set('refs/heads/main', head);
    this.checkouts.set(root, { branch: 'main', head, files: new Map(files), been: new Set([head]) });
  }

  // What agents and people do in a checkout, with files instead of commands.

  filesIn(path: string): Files {
    return this.checkout(path).files;
  }

  write(path: string, file: string, content: string | null): void {
    const { files } = this.checkout(path);
    if (content === null) files.delete(file);
    else files.set(file, content);
  }

  commitIn(path: string, message: string): CommitId | undefined {
    const checkout = this.checkout(path);
    const head = this.headIn(checkout);
    const tree = this.history.treeFrom(checkout.files);
    if (tree === this.history.get(head).tree) return undefined;
    const commit = this.history.commit({ tree, parents: [head], message }, this.now());
    checkout.head = commit;
    checkout.been.add(commit);
    if (checkout.branch !== undefined) this.move(`refs/heads/${checkout.branch}`, commit);
    return commit;
  }

  // What the engine asks for.

  async head() {
    const { branch, ...checkout } = this.checkout(this.root);
    return { branch, commit: this.headIn({ branch, ...checkout }) };
  }

  async resolve(name: string): Promise<CommitId | undefined> {
    return (
      this.refsByName.get(name) ??
      this.refsByName.get(`refs/heads/${name}`) ??
      (this.history.has(name) ? name : undefined)
    );
  }

  async parentOf(commit: CommitId) {
    return this.history.get(commit).parents[0];
  }

  async treeOf(commit: CommitId): Promise<TreeId> {
    return this.history.get(commit).tree;
  }

  async filesAt(commit: CommitId): Promise<string[]> {
    return [...this.history.filesOf(commit).keys()];
  }

  async sizeOf(commit: CommitId): Promise<number> {
    return [...this.history.filesOf(commit).values()].reduce((sum, content) => sum + content.length, 0);
  }

  async isAncestor(ancestor: CommitId, descendant: CommitId) {
    return this.history.isAncestor(ancestor, descendant);
  }

  async mergeBase(one: CommitId, other: CommitId) {
    return this.history.mergeBase(one, other);
  }

  async changedPaths(from: CommitId, to: CommitId) {
    return this.history.changes(from, to);
  }

  async addedRepositories(): Promise<string[]> {
    return [];
  }

  async diff(from: CommitId, to: CommitId, options: { paths?: string[]; maxChars?: number } = {}) {
    const lines = this.history.changes(from, to).map(({ path, change }) => `${change} ${path}`);
    return lines.join('\n').slice(0, options.maxChars);
  }

  async firstParentLog(from: CommitId, to: CommitId): Promise<CommitInfo[]> {
    const known = this.history.reach([from]);
    const log: CommitInfo[] = [];
    for (let id: CommitId | undefined = to; id !== undefined && !known.has(id);) {
      const { parents, tree, message }: ReturnType<ModelHistory['get']> = this.history.get(id);
      log.unshift({
        ...{ commit: id, parents, tree },
        subject: message.split('\n')[0] ?? '',
        trailers: trailersIn(message),
      });
      id = parents[0];
    }
    return log;
  }

  async fileAt(commit: CommitId, path: string): Promise<Buffer | undefined> {
    const content = this.history.filesOf(commit).get(path);
    return content === undefined ? undefined : Buffer.from(content);
  }

  async hashesAt(commit: CommitId, paths: string[]): Promise<Map<string, string>> {
    const files = this.history.filesOf(commit);
    const there = paths.filter((path) => files.has(path));
    return new Map(
      there.map((path) => [
        path,
        createHash('sha1')
          .update(files.get(path) ?? '')
          .digest('hex'),
      ]),
    );
  }

  async exportFiles(): Promise<string[]> {
    throw new Error('The model writes no real files.');
  }

  async merge(ours: CommitId, theirs: CommitId) {
    return this.history.merge(ours, theirs);
  }

  async commitTree(commit: { tree: TreeId; parents: CommitId[]; message: string }): Promise<CommitId> {
    return this.history.commit(commit, this.now());
  }

  async updateRef(ref: string, to: CommitId, expectedOld: CommitId | undefined): Promise<boolean> {
    if (this.refsByName.get(ref) !== expectedOld) return false;
    this.move(ref, to);
    return true;
  }

  async deleteRef(ref: string, expectedOld: CommitId): Promise<boolean> {
    if (this.refsByName.get(ref) !== expectedOld) return false;
    this.refsByName.delete(ref);
    this.watcher?.refMoved(ref, expectedOld, undefined);
    return true;
  }

  async removeLeftLocks(): Promise<void> {
    // A ref of the model is moved at once.
  }

  async refs(prefix: string): Promise<Map<string, CommitId>> {
    const below = (ref: string) => ref === prefix || ref.startsWith(`${prefix.replace(/\/$/, '')}/`);
    return new Map([...this.refsByName].filter(([ref]) => below(ref)).sort());
  }

  async holderOf(branch: string) {
    const holder = [...this.checkouts].find(([, each]) => each.branch === branch);
    return holder === undefined ? undefined : { path: holder[0], why: 'is checked out' as const };
  }

  async worktrees(): Promise<Worktree[]> {
    return [...this.checkouts].map(([path, { branch, ...checkout }]) => ({
      ...{ path, branch, head: this.headIn({ branch, ...checkout }) },
      isBare: false,
      isMissing: path !== this.root && !existsSync(path),
    }));
  }

  async addWorktree({ path, branch, commit }: { path: string; branch?: string; commit: CommitId }) {
    if (this.checkouts.has(path) || existsSync(path)) throw failed(`'${path}' already exists`);
    if (branch !== undefined) {
      if (this.refsByName.has(`refs/heads/${branch}`)) throw failed(`a branch '${branch}' exists`);
      this.move(`refs/heads/${branch}`, commit);
    }
    mkdirSync(path, { recursive: true });
    const files = new Map(this.history.filesOf(commit));
    this.checkouts.set(path, { branch, head: commit, files, been: new Set([commit]) });
  }

  async removeWorktree(path: string): Promise<void> {
    if (!this.checkouts.has(path)) return;
    this.watcher?.filesGo(path);
    this.checkouts.delete(path);
    rmSync(path, { recursive: true });
  }

  async isHalfMade(): Promise<boolean> {
    return false;
  }

  async mendWorktree(path: string): Promise<boolean> {
    return this.checkouts.has(path);
  }

  async detach(workspace: string): Promise<void> {
    const checkout = this.checkout(workspace);
    checkout.head = this.headIn(checkout);
    checkout.branch = undefined;
  }

  async clearTemporary(): Promise<void> {
    // There are no temporary files.
  }

  async abandonedCommits(workspace: string): Promise<CommitId[]> {
    const reachable = this.history.reach(this.refsByName.values());
    const left = [...this.checkout(workspace).been].filter((id) => !reachable.has(id));
    return left.filter((id) => !left.some((each) => each !== id && this.history.isAncestor(id, each)));
  }

  async branchOf(workspace: string): Promise<string | undefined> {
    return this.checkout(workspace).branch;
  }

  async releaseIndex(): Promise<void> {
    // There is no index that a killed git could have left locked.
  }

  async unfinished(): Promise<undefined> {
    return undefined;
  }

  async status(workspace: string) {
    const checkout = this.checkout(workspace);
    const changes = changesBetween(this.history.filesOf(this.headIn(checkout)), checkout.files);
    return {
      tracked: changes.filter((each) => each.change !== 'added'),
      untracked: changes.filter((each) => each.change === 'added').map((each) => each.path),
      nested: [],
    };
  }

  async ownRepositories(): Promise<string[]> {
    return [];
  }

  async headOf(workspace: string): Promise<CommitId | undefined> {
    return this.headIn(this.checkout(workspace));
  }

  async isOnBranch(workspace: string): Promise<boolean> {
    return this.checkout(workspace).branch !== undefined;
  }

  async resetTo(workspace: string, commit: CommitId): Promise<void> {
    const checkout = this.checkout(workspace);
    this.watcher?.filesGo(workspace);
    checkout.files = new Map(this.history.filesOf(commit));
    checkout.head = commit;
    checkout.been.add(commit);
    if (checkout.branch !== undefined) this.move(`refs/heads/${checkout.branch}`, commit);
  }

  async fastForward(workspace: string, to: CommitId) {
    const checkout = this.checkout(workspace);
    const head = this.headIn(checkout);
    const changed = this.history.changes(head, to).map((each) => each.path);
    const before = this.history.filesOf(head);
    const inTheWay = changed.filter((path) => checkout.files.get(path) !== before.get(path));
    if (inTheWay.length > 0) return { moved: false as const, inTheWay };
    const after = this.history.filesOf(to);
    for (const path of changed) this.write(workspace, path, after.get(path) ?? null);
    checkout.head = to;
    if (checkout.branch !== undefined) this.move(`refs/heads/${checkout.branch}`, to);
    return { moved: true as const };
  }

  async commitAll(workspace: string, message: string): Promise<CommitId | undefined> {
    return this.commitIn(workspace, message);
  }

  async save(workspace: string, { message }: { message: string }): Promise<SavedWorkspace> {
    const checkout = this.checkout(workspace);
    const tree = this.history.treeFrom(checkout.files);
    const parents = [this.headIn(checkout)];
    const commit = this.history.commit({ tree, parents, message }, this.now());
    return { commit, tree, leftOut: [] };
  }

  private move(ref: string, to: CommitId): void {
    const from = this.refsByName.get(ref);
    this.refsByName.set(ref, to);
    this.watcher?.refMoved(ref, from, to);
  }

  private headIn({ branch, head }: Pick<Checkout, 'branch' | 'head'>): CommitId {
    return (branch === undefined ? undefined : this.refsByName.get(`refs/heads/${branch}`)) ?? head;
  }

  private checkout(path: string): Checkout {
    const checkout = this.checkouts.get(path);
    if (checkout !== undefined) return checkout;
    throw new CallsheetError('NOT_A_WORKSPACE', `${path} is no workspace of the model.`, { hint: '' });
  }
}

function trailersIn(message: string): Record<string, string> {
  const last = message.trimEnd().split('\n\n').at(-1) ?? '';
  const lines = last.split('\n').map((line) => /^([A-Za-z-]+): (.*)$/.exec(line));
  return Object.fromEntries(lines.flatMap((found) => (found === null ? [] : [[found[1]!, found[2]!]])));
}

function failed(what: string): CallsheetError {
  return new CallsheetError('GIT_FAILED', `git failed: ${what}`, { hint: '' });
}
