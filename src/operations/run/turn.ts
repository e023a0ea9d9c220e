import { endSession, openSessions, type Landing } from '../../landing/index.js';
import type { Repository } from '../../git/index.js';
import { isAlive } from '../../process/index.js';
import type { Context } from '../operation.js';
import { nextCommit } from './engine.js';

const GONE = 'the process that landed it has ended';

/** Ends what killed commands have left on its way onto any branch, as git shows it. */
export async function endLeftSessions({ sheet }: Context, repository: Repository): Promise<void> {
  for (const landing of await openSessions(sheet.store))
    if (!isAtWork(landing)) await endSession(sheet.store, repository, landing, GONE);
}

/**
 * Waits until nobody else is before a landing in the queue onto its branch. One that is not in it any more, or an
 * interruption, ends the waiting too.
 * @param onWait Hears who is before it, each once.
 */
export async function awaitTurn(
  { sheet: { store }, signal }: Context,
  repository: Repository,
  landing: Landing,
  onWait: (before: Landing) => void,
): Promise<void> {
  let told: string | undefined;
  for (;;) {
    // Listens before it looks, so that nothing is missed in between.
    const commit = nextCommit(store, signal);
    try {
      const [first, ...others] = await openSessions(store, landing.session?.into);
      const isQueued = [first, ...others].some((each) => each?.id === landing.id);
      if (signal.aborted || !isQueued || first === undefined || first.id === landing.id) return;
      if (!isAtWork(first)) {
        await endSession(store, repository, first, GONE);
        continue;
      }
      if (told !== first.id) onWait(first);
      told = first.id;
      await commit.happened;
    } finally {
      commit.forget();
    }
  }
}

function isAtWork({ session }: Landing): boolean {
  return session !== undefined && isAlive(session.owner);
}
