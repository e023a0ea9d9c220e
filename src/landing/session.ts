import { isDeepStrictEqual } from 'node:util';
import { findConflicts, openConflict, type Conflict } from '../conflict/index.js';
import { assert, CallsheetError, messageOf } from '../error/index.js';
import type { Evidence } from '../gate/index.js';
import { retryVanished } from '../git/index.js';
import { announce } from '../message/index.js';
import type { Transaction } from '../store/index.js';
import { oneLine, quoted, shellWord, shownNames, tailOf } from '../text/index.js';
import type { Site } from '../workspace/index.js';
import type { SendBack } from './back-to-workers.js';
import { describeConflict, MOST_NAMED } from './conflict.js';
import { requireRoom } from './forward.js';
import { GateAborted, howItEnded } from './gate.js';
import { queueHead } from './head.js';
import { findLandings, isOfTask, type Landing, type SessionBranch } from './landing.js';
import type { Lane } from './lane.js';
import { changedPremises } from './premises.js';
import { landTogether, locksAgainst } from './queue.js';
import { endSession } from './session-left.js';
import { sessionTarget } from './session-target.js';
import { endLanding } from './write.js';

/**
 * Lands a session's branch whose turn it is: merged in memory, tested, and the other branch moved forward by
 * compare-and-swap, as in a run. What does not land stays with the session, its task too.
 * @param site Its `into` is the branch that the session's goes onto.
 * @throws {CallsheetError} `LAND_CONFLICT`, `LAND_RED`, `LAND_UNRELATED`, `LAND_LOCKED`, `LAND_WITHDRAWN`, `LAND_DIRTY`, `LAND_HELD`,
 * `LAND_HALF_DONE`, `BRANCH_UNKNOWN`, `SETUP_FAILED`, `COPY_FAILED`: the branch was not moved then. {GateAborted} when `signal` fires.
 */
export async function landSession(
  site: Site,
  lane: Lane,
  landing: Landing,
  signal: AbortSignal,
): Promise<Landing> {
  const { session } = landing;
  assert(session !== undefined && site.into === session.into, 'a session lands onto the branch of its site');
  try {
    await requireFree(site, landing, session);
    await requireRoom(site.repository, sessionTarget(session), await queueHead(site), landing.paths);
    await retryVanished(() =>
      landTogether({ site, lane, signal, red: [] }, [landing], backToSession(site, session)),
    );
  } catch (error) {
    const reason = error instanceof GateAborted ? 'it was interrupted' : oneLine(messageOf(error), 300);
    // Refused or not: when git shows that it has landed, it has.
    if (!(await endSession(site.store, site.repository, landing, reason))) throw error;
  }
  const [now] = await findLandings(site.store, { ids: [landing.id] });
  if (now?.state === 'landed') return now;
  throw withdrawn(session, now?.reason);
}

/** A session hears at once what stands in its way; whether it goes on is for it to say. */
function backToSession(site: Site, session: SessionBranch): SendBack {
  const { store } = site;
  return {
    async conflicted(landing, conflicts) {
      const { reason, against, found } = await describeConflict(site, landing, conflicts);
      const premises = await changedPremises(site, landing, await queueHead(site), []);
      await store.transaction(async (tx) => {
        if (isOfTask(landing)) {
          const { taskId, attempt } = landing;
          await noteConflict(tx, { ...found, taskId, attempt }, `${taskId} (${session.branch}) ${reason}`);
        }
        await endLanding(tx, landing, { state: 'conflicted', reason, premises });
      });
      throw refused('LAND_CONFLICT', session, `${reason}.`, { ...found, against });
    },
    async unrelated(landing) {
      const reason = `has no commit in common with ${session.into}`;
      await store.transaction((tx) => endLanding(tx, landing, { state: 'rejected', reason }));
      throw refused('LAND_UNRELATED', session, `${reason}.`);
    },
    async red(landing, evidence) {
      const how = `the gate \`${evidence.gate}\` ${howItEnded(evidence)}`;
      const premises = await changedPremises(site, landing, await queueHead(site), []);
      const end = { reason: `${how} on the merged tree (${evidence.id})`, evidenceId: evidence.id, premises };
      await store.transaction((tx) => endLanding(tx, landing, { state: 'rejected', ...end }));
      throw refused('LAND_RED', session, redMessage(session, evidence, how), redData(evidence));
    },
  };
}

function redMessage({ into }: SessionBranch, { outputTail, logFile }: Evidence, how: string): string {
  const said = tailOf(outputTail, 20).trim();
  const log = logFile === undefined ? '' : `\nThe whole output: ${logFile}`;
  return `was merged with ${into}, and there ${how}:\n${said === '' ? '(it printed nothing)' : quoted(said)}${log}\n`;
}

function redData({ id, gate, exitCode, timedOut, logFile }: Evidence) {
  return { evidence: id, gate, exitCode, timedOut, log: logFile };
}

/** Whoever tries again before anything has changed has the same conflict still. */
async function noteConflict(
  tx: Transaction,
  found: Omit<Conflict, 'id' | 'state' | 'createdAt'>,
  what: string,
): Promise<void> {
  const { taskId, attempt, otherTaskIds } = found;
  const paths = found.paths.slice(0, MOST_NAMED);
  const facts = (each: typeof found) => [each.attempt, each.paths, each.otherTaskIds];
  const open = await findConflicts(tx, { taskId, state: 'open' });
  if (open.some((each) => isDeepStrictEqual(facts(each), facts(found)))) return;
  const { id } = await openConflict(tx, found);
  await announce(tx, {
    type: 'CONFLICT',
    task: { id: taskId, attempt },
    data: { conflict: id, tasks: [taskId, ...otherTaskIds], paths },
    body: `${id}: ${what}. Who holds it brings the two together; to say how: callsheet conflict decide ${id}`,
  });
}

async function requireFree({ store }: Site, landing: Landing, session: SessionBranch): Promise<void> {
  const locks = await locksAgainst(store, landing, session.agentId);
  if (locks.length === 0) return;
  const ids = locks.map(({ id }) => id);
  throw new CallsheetError(
    'LAND_LOCKED',
    `${session.branch} changes what others have locked by hand (${shownNames(ids)}). Nothing was moved.`,
    {
      hint: `See whose they are: callsheet lock list. Then again: ${sessionTarget(session).again}`,
      data: { locks: ids },
    },
  );
}

function withdrawn(session: SessionBranch, reason = 'it is in no queue any more'): CallsheetError {
  return new CallsheetError(
    'LAND_WITHDRAWN',
    `${session.branch} did not land: ${reason}. Nothing was moved.`,
    { hint: 'See what became of its task: callsheet task list. The branch is as it was.' },
  );
}

type Refusal = 'LAND_CONFLICT' | 'LAND_UNRELATED' | 'LAND_RED';

function refused(code: Refusal, session: SessionBranch, what: string, data?: unknown): CallsheetError {
  const { branch, into } = session;
  const { again } = sessionTarget(session);
  const bring = `git switch ${shellWord(branch)} && git merge ${shellWord(into)}`;
  const hints = {
    LAND_CONFLICT: `Bring ${into} into your branch and solve it there: ${bring}. Then again: ${again}`,
    LAND_RED: `Bring ${into} into your branch and mend it there: ${bring}. Then again: ${again}`,
    LAND_UNRELATED: 'Choose a branch that it can have come from: --into BRANCH',
  };
  return new CallsheetError(code, `${branch} ${what} Nothing was moved.`, {
    hint: hints[code],
    ...(data === undefined ? {} : { data }),
  });
}
