import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../error/index.js';
import { locateRepository, openRepository, retryVanished, type Repository } from '../git/index.js';
import { WRITING_TOOLS, type HookInput } from '../hook/index.js';
import type { Sheet } from '../sheet/index.js';
import { findSnapshots, recordSnapshot, SESSION_SNAPSHOTS } from '../snapshot/index.js';
import { Housekeeping } from './housekeeping.js';
import { NewestOnly } from './newest-only.js';

/** What a hook says that matters here. */
interface Step {
  session: string;
  event: string;
  tool: string;
  /** The first of these that there is lies in the checkout that is meant. */
  folders: string[];
}

type Kind = 'turn' | 'end';

const REASONS: Record<Kind, string> = { turn: 'before a turn', end: 'at the end of a session' };

/**
 * Takes a snapshot of a checkout when a turn of a session begins, or at its first write where the beginning was
 * missed. It comes after the hook has been answered; of a checkout one is taken at a time, and of those that wait only
 * the newest is.
 */
export class TurnSnapshots {
  private readonly covered = new Set<string>();
  private readonly queue = new NewestOnly();
  private readonly lastTrees = new Map<string, string | undefined>();
  private readonly housekeeping: Housekeeping;

  constructor(
    private readonly sheet: Sheet,
    private readonly say: (line: string) => void,
  ) {
    this.housekeeping = new Housekeeping(sheet, say);
  }

  /** A hook has been answered; in the words of Claude Code. */
  noted(input: HookInput): void {
    const step = stepIn(input);
    if (step === undefined) return;
    if (step.event === 'Stop' || step.event === 'SessionEnd') this.covered.delete(step.session);
    else if (step.event === 'UserPromptSubmit' || this.isFirstWrite(step)) this.begin(step);
  }

  /** Takes one of the checkout around a folder now; what goes wrong is said. */
  async keep(folder: string): Promise<void> {
    const checkout = this.checkoutOf(existsSync(folder) ? folder : undefined);
    if (checkout === undefined) return;
    this.line(checkout, 'end');
    await this.queue.done(checkout);
  }

  /** When nothing is under way any more. */
  finished(): Promise<void> {
    return this.queue.finished();
  }

  private isFirstWrite({ session, event, tool }: Step): boolean {
    const mayWrite = WRITING_TOOLS.has(tool) || tool === 'Bash';
    return event === 'PreToolUse' && mayWrite && !this.covered.has(session);
  }

  private begin({ session, folders }: Step): void {
    this.covered.add(session);
    const checkout = this.checkoutOf(folders.find((folder) => existsSync(folder)));
    if (checkout !== undefined) this.line(checkout, 'turn');
  }

  private line(checkout: string, kind: Kind): void {
    this.queue.add(checkout, () =>
      this.take(checkout, kind).catch((error: unknown) =>
        this.say(`No snapshot of ${checkout}: ${messageOf(error)}`),
      ),
    );
  }

  private checkoutOf(folder: string | undefined): string | undefined {
    if (folder === undefined) return undefined;
    try {
      const located = locateRepository(folder);
      return located?.commonDir === this.sheet.commonDir && located.hasCheckout ? located.root : undefined;
    } catch (error) {
      this.say(`No snapshot of ${folder}: ${messageOf(error)}`);
      return undefined;
    }
  }

  private async take(checkout: string, kind: Kind): Promise<void> {
    const repository = await openRepository(checkout);
    await this.keepOne(repository, checkout, kind);
    await this.housekeeping.nowAndThen(repository);
  }

  private async keepOne(repository: Repository, checkout: string, kind: Kind): Promise<void> {
    const reason = REASONS[kind];
    const saved = await retryVanished(() =>
      repository.save(checkout, { message: `Snapshot of a checkout: ${reason}` }),
    );
    if (await this.isKept(repository, checkout, saved.tree)) return;
    const { store } = this.sheet;
    const ref = `${SESSION_SNAPSHOTS[kind]}${store.clock.now()}.${saved.commit.slice(0, 12)}`;
    if (!(await repository.updateRef(ref, saved.commit, undefined))) return;
    await store.transaction((tx) =>
      recordSnapshot(tx, { ref, commit: saved.commit, workspace: checkout, reason, leftOut: saved.leftOut }),
    );
    this.lastTrees.set(checkout, saved.tree);
  }

  /** Nothing has changed since the last one, or since the last commit. */
  private async isKept(repository: Repository, checkout: string, tree: string): Promise<boolean> {
    if (!this.lastTrees.has(checkout))
      this.lastTrees.set(checkout, await this.treeBefore(repository, checkout));
    if (this.lastTrees.get(checkout) === tree) return true;
    const head = await repository.headOf(checkout);
    return head !== undefined && (await repository.treeOf(head)) === tree;
  }

  private async treeBefore(repository: Repository, checkout: string): Promise<string | undefined> {
    const last = (await findSnapshots(this.sheet.store, { workspace: checkout })).at(-1);
    const commit = last === undefined ? undefined : await repository.resolve(last.ref);
    return commit === undefined ? undefined : repository.treeOf(commit);
  }
}

function stepIn(input: HookInput): Step | undefined {
  const [session, event] = [input.text('session_id'), input.text('hook_event_name')];
  const path = input.object('tool_input').text('file_path');
  const folders = [path?.startsWith('/') === true ? dirname(path) : undefined, input.text('cwd')];
  if (session === undefined || event === undefined) return undefined;
  return {
    ...{ session, event, tool: input.text('tool_name') ?? '' },
    folders: folders.filter((folder) => folder !== undefined),
  };
}
