import { findAgent } from '../../agent/index.js';
import { assert, CallsheetError } from '../../error/index.js';
import { defined, type Reader, type Transaction } from '../../store/index.js';
import {
  claimNextTask,
  claimTask,
  findTask,
  HAND_LEASE_MS,
  type Claimant,
  type GrantedClaim,
  type Task,
  type TaskResult,
} from '../../task/index.js';
import { plainText, quoted, shownNames } from '../../text/index.js';
import { historyOf, noteHistoryShown, shownHistory } from '../../team/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { iso } from '../time.js';
import { nothingReady, notReady } from './not-ready.js';

export const taskClaim = defineOperation({
  name: 'task.claim',
  rights: EVERYBODY,
  help: 'Take the next task that is ready, or a certain one',
  examples: ['callsheet task claim --json', 'callsheet task claim task-3 --lease 30m'],
  input: {
    id: { kind: 'name', positional: true, placeholder: 'ID', help: 'A certain task; default: the next one' },
    lease: {
      kind: 'duration',
      help: 'Silence after which the task is offered again; default 2h, renewed by any command of yours',
    },
  },
  refusals: { NOTHING_READY: null },
  async run(context, input) {
    const agentId = await context.agentId();
    const leaseMs = input.lease ?? HAND_LEASE_MS;
    const outcome = await context.sheet.store.transaction(async (tx) => {
      const granted = await claim(tx, await claimant(tx, agentId), input.id, leaseMs);
      return granted instanceof CallsheetError ? granted : document(tx, granted, agentId);
    });
    if (outcome instanceof CallsheetError) throw outcome;
    return outcome;
  },
  show: (claimed) =>
    [
      `${claimed.id} is yours (attempt ${claimed.attempt}) until ${claimed.leaseExpiresAt}: ${claimed.title}`,
      quoted(claimed.spec),
      ...claimed.history,
      ...(claimed.files.length > 0 ? [`Files: ${shownNames(claimed.files)}`] : []),
      ...(claimed.results ?? []).map(shownResult),
      claimed.reviews === undefined
        ? `When it is done: callsheet task complete ${claimed.id} --attempt ${claimed.attempt} "SUMMARY"`
        : `When you have looked: callsheet send REVIEW_RESULT --task ${claimed.id} --verdict approved|changes-requested --finding "…" "SUMMARY"`,
    ].join('\n'),
});

async function claim(
  tx: Transaction,
  agent: Claimant,
  id: string | undefined,
  leaseMs: number,
): Promise<GrantedClaim | CallsheetError> {
  if (id === undefined) return (await claimNextTask(tx, agent, leaseMs)) ?? nothingReady(tx, agent);
  const refusal = await notReady(tx, agent, id);
  return refusal ?? (await claimTask(tx, id, agent, leaseMs)) ?? nothingReady(tx, agent);
}

async function claimant(tx: Transaction, agentId: string): Promise<Claimant> {
  const agent = await findAgent(tx, agentId);
  assert(agent !== undefined, `agent ${agentId} is in the sheet`);
  if (agent.runId === undefined) return agent;
  throw new CallsheetError(
    'NOT_ALLOWED',
    `${agent.name} works on ${agent.runId}, whose engine hands out the tasks. Nothing was claimed.`,
    {
      hint: 'Finish the task that you were given.',
    },
  );
}

/** What the tasks that it waited for say of their work. */
async function resultsOf(reader: Reader, { after }: Task): Promise<NamedResult[]> {
  const results: NamedResult[] = [];
  for (const id of after) {
    const result = (await findTask(reader, id))?.result;
    if (result !== undefined) results.push({ id, ...result });
  }
  return results;
}

type NamedResult = TaskResult & { id: string };

function shownResult({ id, summary, files, findings }: NamedResult): string {
  const lines = [summary, ...findings.map((finding) => `- ${finding}`)];
  const wrote = files.length === 0 ? '' : `, wrote ${shownNames(files)}`;
  return `Result of ${id}${wrote}:\n${quoted(plainText(lines.join('\n')).slice(0, LONGEST_RESULT))}`;
}

// For more than that there is `task show`.
const LONGEST_RESULT = 2_000;

async function document(tx: Transaction, { task, attempt, leaseExpiresAt }: GrantedClaim, agentId: string) {
  const history = await historyOf(tx, task);
  await noteHistoryShown(tx, task, history, agentId);
  const results = await resultsOf(tx, task);
  const { id, title, spec, files, priority, kind, after } = task;
  return defined({
    ...{ id, attempt, title, spec, files, priority, leaseExpiresAt: iso(leaseExpiresAt), kind, after },
    run: task.runId,
    gate: task.gate,
    resources: task.resources,
    output: task.outputSchema,
    results: results.length === 0 ? undefined : results,
    reviews: task.reviews,
    history: await shownHistory(tx, history),
  });
}
