import { basename } from 'node:path';
import type { CommitId } from '../../src/git/index.js';
import { Broken } from './broken.js';
import type { Files } from './model-history.js';
import type { ModelRepository, ModelWatcher } from './model-repository.js';

/** What the rules ask of the sheet when git has moved. */
export interface SheetFacts {
  /** The landing that was intended or has landed as this commit. */
  intentOf(commit: CommitId): { taskId: string; attempt: number; state: string } | undefined;
  /** Whether a tree may land: it has been tested, or nothing tests it. */
  isProved(tree: string): boolean;
  /** How often a person has opened a task again that was done. */
  reopened(taskId: string): number;
}

/**
 * Looks at git after each move of a ref and before each loss of files: what lands, lands once and is what its merge
 * makes; no commit and no file of a worker goes away.
 */
export class ModelRules implements ModelWatcher {
  private readonly landed = new Set<string>();
  private readonly landedTasks = new Map<string, number>();

  constructor(
    private readonly model: ModelRepository,
    private readonly facts: SheetFacts,
    private readonly onBroken: (error: Error) => void,
  ) {}

  refMoved(ref: string, from: CommitId | undefined, to: CommitId | undefined): void {
    try {
      if (/^refs\/heads\/callsheet\/[^/]+\/main$/.test(ref)) this.integrationMoved(ref, from, to);
      else this.requireReachable(ref, from);
    } catch (error) {
      this.onBroken(error instanceof Error ? error : new Error(String(error)));
    }
  }

  filesGo(path: string): void {
    if (basename(path).startsWith('gate-')) return;
    try {
      this.requireSaved(path, this.model.filesIn(path));
    } catch (error) {
      this.onBroken(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** A commit that the sheet calls landed is on the integration branch. */
  requireLanded(commit: CommitId, taskId: string): void {
    const branches = [...this.model.refsByName].filter(([ref]) =>
      /^refs\/heads\/callsheet\/[^/]+\/main$/.test(ref),
    );
    const isThere = branches.some(([, head]) => this.model.history.isAncestor(commit, head));
    if (!isThere) throw new Broken(`${taskId} is said to have landed as ${commit}, which is on no branch`);
  }

  private integrationMoved(ref: string, from: CommitId | undefined, to: CommitId | undefined): void {
    if (to === undefined) throw new Broken(`${ref} was deleted`);
    if (from === undefined) return;
    const { history } = this.model;
    if (!history.isAncestor(from, to))
      throw new Broken(`${ref} went from ${from} to ${to}, which is elsewhere`);
    for (let id = to; id !== from;) {
      const { parents, tree, message } = history.get(id);
      const [onto, work] = parents;
      if (onto === undefined || work === undefined) throw new Broken(`${id} on ${ref} is no merge`);
      const merged = history.merge(onto, work);
      if (!merged.clean || merged.tree !== tree)
        throw new Broken(`${id} on ${ref} is not what its parents merge to`);
      const task = /^Callsheet-Task: (.+)$/m.exec(message)?.[1];
      const attempt = Number(/^Callsheet-Attempt: (\d+)$/m.exec(message)?.[1]);
      if (task !== undefined) this.landsOnce(id, task, attempt);
      id = onto;
    }
    if (!this.facts.isProved(history.get(to).tree))
      throw new Broken(`${ref} moved to ${to}, whose tree was never seen to be green`);
  }

  private landsOnce(commit: CommitId, task: string, attempt: number): void {
    const claim = `${task} ${attempt}`;
    if (this.landed.has(claim)) throw new Broken(`attempt ${attempt} at ${task} lands twice`);
    this.landed.add(claim);
    const times = (this.landedTasks.get(task) ?? 0) + 1;
    this.landedTasks.set(task, times);
    if (times > 1 + this.facts.reopened(task)) throw new Broken(`${task} lands a ${times}. time`);
    const intent = this.facts.intentOf(commit);
    if (intent?.taskId !== task || intent.attempt !== attempt)
      throw new Broken(`${commit} lands ${claim}, which nobody wrote down before: ${JSON.stringify(intent)}`);
  }

  // What was only tested is nobody's work.
  private requireReachable(ref: string, from: CommitId | undefined): void {
    if (from === undefined || ref.startsWith('refs/callsheet/landing/')) return;
    if (this.reachable().has(from)) return;
    throw new Broken(`${ref} left ${from}, which is on no other ref`);
  }

  private requireSaved(path: string, files: Files): void {
    const trees = new Set([...this.reachable()].map((id) => this.model.history.get(id).tree));
    const saved = new Set<string>();
    for (const tree of trees) {
      for (const [file, content] of this.model.history.filesOf(tree)) saved.add(`${file}\0${content}`);
    }
    const lost = [...files]
      .filter(([file, content]) => !saved.has(`${file}\0${content}`))
      .map(([file]) => file);
    if (lost.length > 0) throw new Broken(`${path} is removed with ${lost.join()}, which is nowhere else`);
  }

  private reachable(): Set<CommitId> {
    const heads = [...this.model.checkouts.values()].map((each) => each.head);
    return this.model.history.reach([...this.model.refsByName.values(), ...heads]);
  }
}
