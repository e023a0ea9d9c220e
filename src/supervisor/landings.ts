import {
  GateAborted,
  heldByLocks,
  landWaiting,
  openLandingSeqs,
  openLane,
  type Lane,
} from '../landing/index.js';
import { targetFollower } from './target.js';
import {
  removeGateWorkspace,
  saveAndRemove,
  workspacesOfDone,
  workspacesOfRun,
  type Site,
} from '../workspace/index.js';

/** The landing queue of one engine: one lane, worked off beside the workers. */
export interface Landings {
  readonly isBusy: boolean;
  /** What locks by hand hold back. */
  readonly held: readonly { taskId: string; locks: string[] }[];
  /** Begins to land when something waits that nothing holds back, and nothing lands already. */
  start(): Promise<void>;
  /** Begins to merge the person's branch in when it has moved, beside everything else. True when it has. */
  followTarget(): Promise<boolean>;
  /** Ends a gate that runs, and waits for the round to end. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export function openLandings(site: Site, onEnd: () => void, onFailure: (error: unknown) => void): Landings {
  const lane: Lane = openLane(site);
  const abort = new AbortController();
  let busy: Promise<void> | undefined;
  let held: { taskId: string; locks: string[] }[] = [];

  const target = targetFollower(site, lane, abort.signal);

  // What has landed is cleared up while the next is merged and tested: the queue does not wait for that.
  const landAll = async (): Promise<void> => {
    let sweeping: Promise<PromiseSettledResult<void>[]> | undefined;
    try {
      for (;;) {
        const round = await landWaiting(site, lane, abort.signal);
        throwFirst(await sweeping);
        if (round.settled === 0) return void (await target.follow());
        sweeping = Promise.allSettled([sweep(site)]);
      }
    } finally {
      throwFirst(await sweeping);
    }
  };

  const begin = (work: () => Promise<unknown>): void => {
    busy = work()
      .then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof GateAborted)) onFailure(error);
        },
      )
      .finally(() => {
        busy = undefined;
        onEnd();
      });
  };

  return {
    get isBusy() {
      return busy !== undefined;
    },
    get held() {
      return held;
    },
    async start() {
      if (busy !== undefined || abort.signal.aborted) return;
      const open = await openLandingSeqs(site.store, site.run.id);
      held = open.length === 0 ? [] : await heldByLocks(site);
      // A round that could land nothing would end at once, and its end would begin the next.
      if (held.length < open.length) begin(landAll);
    },
    async followTarget() {
      if (busy !== undefined || abort.signal.aborted || !(await target.isAhead())) return false;
      begin(target.follow);
      return true;
    },
    async stop() {
      abort.abort();
      await busy;
    },
    async close() {
      await lane.close();
    },
  };
}

// Clearing one up is mostly waiting for git and for the disk.
const SWEPT_AT_ONCE = 4;

/** Removes the workspaces of tasks that have landed, after a snapshot of what they hold. */
export async function sweep(site: Site): Promise<void> {
  const landed = await workspacesOfDone(site.store, site.run.id);
  for (let at = 0; at < landed.length; at += SWEPT_AT_ONCE) {
    const some = landed.slice(at, at + SWEPT_AT_ONCE);
    throwFirst(await Promise.allSettled(some.map((each) => saveAndRemove(site, each, 'landed'))));
  }
}

function throwFirst(results: PromiseSettledResult<unknown>[] = []): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** At the end of a run no other workspaces are left than those of tasks that did not land. */
export async function sweepAll(site: Site): Promise<void> {
  await sweep(site);
  for (const workspace of await workspacesOfRun(site.store, site.run.id)) {
    if (workspace.kind === 'gate') await removeGateWorkspace(site, workspace);
  }
  await site.repository.clearTemporary();
}
