import { CallsheetError } from '../../error/index.js';
import { acquireLock, claimQueued, releaseLock, type Lock, type LockAnswer } from '../../lock/index.js';
import { defined } from '../../store/index.js';
import { formatDuration } from '../../text/index.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { sessionOf } from '../session.js';
import { describeHolders, lockDocument } from './document.js';
import { untilGranted } from './wait.js';

export const lockAcquire = defineOperation({
  name: 'lock.acquire',
  rights: EVERYBODY,
  help: 'Reserve files, folders, globs or named resources: all of them, or none',
  examples: [
    'callsheet lock acquire src/app.js "tests/**" --wait 30s',
    'callsheet lock acquire --resource test-suite',
  ],
  input: {
    paths: {
      kind: 'path',
      positional: true,
      many: true,
      placeholder: 'PATH',
      help: 'Files, folders or globs',
    },
    resource: { kind: 'name', many: true, help: 'A named resource' },
    ttl: { kind: 'duration', help: 'How long it holds; default 10m' },
    wait: { kind: 'duration', help: 'Wait in line this long; default: do not wait' },
    reason: { kind: 'text', maxChars: 500, help: 'Why; shown to whoever is refused' },
  },
  async run(context, input) {
    const agentId = await context.agentId();
    const { store } = context.sheet;
    const answer = await store.transaction(async (tx) =>
      acquireLock(tx, {
        ...(await sessionOf(tx, context, agentId)),
        paths: input.paths,
        resources: input.resource,
        queue: input.wait !== undefined,
        byHand: true,
        ...defined({ ttlMs: input.ttl, reason: input.reason }),
      }),
    );
    const lock = answer.granted ? answer.lock : await waitFor(context, answer, input.wait);
    return lockDocument(lock, new Map([[agentId, context.actor.name]]));
  },
  show: ({ id, paths, resources, expiresAt }) =>
    `${id} is yours until ${expiresAt}: ${[...paths, ...resources].join(', ')}`,
});

async function waitFor(
  context: Context,
  answer: LockAnswer & { granted: false },
  waitMs: number | undefined,
): Promise<Lock> {
  const { queued } = answer;
  if (queued === undefined || waitMs === undefined) throw held(answer, waitMs);
  context.say(`Waiting for ${formatDuration(waitMs)}: ${describeHolders(answer.heldBy)}`);
  const { store } = context.sheet;
  const ask = () => store.transaction((tx) => claimQueued(tx, queued.id));
  const last = await untilGranted(store, ask, waitMs, context.signal);
  if (last !== 'lost' && last.granted) return last.lock;
  // Whoever gives up leaves the queue at once, for those behind.
  await store.transaction((tx) => releaseLock(tx, { agentId: queued.agentId, lockId: queued.id }));
  throw held(last === 'lost' ? answer : last, waitMs);
}

function held({ heldBy }: LockAnswer & { granted: false }, waitMs: number | undefined): CallsheetError {
  const waited = waitMs === undefined ? '' : ` in ${formatDuration(waitMs)}`;
  return new CallsheetError('LOCK_HELD', `Nothing was locked${waited}: ${describeHolders(heldBy)}.`, {
    hint: `Wait in line: --wait 5m. Or ask: callsheet send QUESTION --to ${heldBy[0]?.agentName ?? 'lead'} "…"`,
    data: {
      heldBy: heldBy.map(({ lock, agentName, target, taskId }) => ({
        lock: lock.id,
        agent: agentName,
        target,
        ...defined({ task: taskId }),
      })),
    },
  });
}
