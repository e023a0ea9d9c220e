import { usageError } from '../error/index.js';
import {
  goalNow,
  goalRevisions,
  LONGEST_GOAL,
  LONGEST_REASON,
  reviseGoal,
  type GoalRevision,
} from '../goal/index.js';
import { defined, type Reader, type Transaction } from '../store/index.js';
import { boundedMiddle, oneLine, plainText, quoted } from '../text/index.js';
import type { InputOf } from './fields.js';
import { namesOf } from './names.js';
import { defineOperation, EVERYBODY, LEADERS, type Actor } from './operation.js';
import { tellSessions } from './tell-sessions.js';
import { iso } from './time.js';

const INPUT = {
  text: { kind: 'text', positional: true, maxChars: LONGEST_GOAL, help: 'What the work is for' },
  approach: { kind: 'text', maxChars: LONGEST_GOAL, help: 'How it is gone about' },
  reason: {
    kind: 'text',
    maxChars: LONGEST_REASON,
    help: 'Why it changes; needed for every change but the first',
  },
  all: { kind: 'flag', help: 'Show every revision' },
} as const;

export const goal = defineOperation({
  name: 'goal',
  rights: EVERYBODY,
  help: 'Show what the work on this repository is for and how it is gone about, or set it',
  examples: [
    'callsheet goal "Rate limits for the API" --approach "A token bucket per key"',
    'callsheet goal --approach "A sliding window" --reason "buckets burst"',
  ],
  input: INPUT,
  narrower: ({ text, approach, reason }) =>
    text === undefined && approach === undefined && reason === undefined
      ? undefined
      : {
          what: 'goal TEXT',
          rights: LEADERS,
          instead: 'Propose it: callsheet send QUESTION --to lead "…"',
        },
  async run(context, input) {
    const { store } = context.sheet;
    if (input.text !== undefined || input.approach !== undefined) {
      const by = await context.agentId();
      await store.transaction((tx) => revise(tx, context.actor, by, input));
    } else if (input.reason !== undefined) throw withoutChange();
    const now = await goalNow(store);
    return {
      ...(await documents(store, now === undefined ? [NONE] : [now]))[0],
      ...(input.all ? { revisions: await documents(store, await goalRevisions(store)) } : {}),
    };
  },
  show: (output) =>
    'revisions' in output
      ? (output.revisions ?? []).map(showRevision).join('\n\n') || showRevision(output)
      : showRevision(output),
});

const NONE = { number: 0 };

async function revise(
  tx: Transaction,
  actor: Actor,
  by: string,
  input: InputOf<typeof INPUT>,
): Promise<void> {
  const revision = await reviseGoal(tx, {
    by,
    ...defined({ goal: input.text, approach: input.approach, reason: input.reason }),
  });
  if (revision === undefined) return;
  await tellSessions(tx, {
    topic: `goal:${revision.number}`,
    text: newsOf(revision, actor),
    exceptAgent: by,
  });
}

const LONGEST_TOLD = 800;

function newsOf({ number, goal: aim, approach, reason }: GoalRevision, { name, role }: Actor): string {
  const lines = [
    `callsheet: ${name} (${role}) has set what the work is for, revision ${number}: ${oneLine(reason, 200)}`,
  ];
  if (aim !== undefined) lines.push('Goal:', quoted(boundedMiddle(aim, LONGEST_TOLD)));
  if (approach !== undefined) lines.push('Approach:', quoted(boundedMiddle(approach, LONGEST_TOLD)));
  return lines.join('\n');
}

async function documents(reader: Reader, revisions: readonly (GoalRevision | typeof NONE)[]) {
  const full = revisions.map((each): Partial<GoalRevision> & { number: number } => each);
  const names = await namesOf(
    reader,
    full.map(({ by }) => by),
  );
  return full.map(({ number, goal: aim, approach, reason, by, createdAt }) => ({
    ...{ revision: number, goal: aim ?? null, approach: approach ?? null },
    ...defined({
      reason,
      agent: by === undefined ? undefined : (names.get(by) ?? by),
      at: createdAt === undefined ? undefined : iso(createdAt),
    }),
  }));
}

type GoalDocument = Partial<Awaited<ReturnType<typeof documents>>[number]>;

function showRevision(document: GoalDocument): string {
  const { revision = 0, goal: aim = null, approach = null, reason, agent, at } = document;
  if (revision === 0) return 'No goal has been set. Set it: callsheet goal "…"';
  return [
    `Revision ${revision}, by ${agent ?? 'somebody'} at ${at ?? ''}: ${oneLine(plainText(reason ?? ''), 200)}`,
    ...(aim === null ? [] : ['Goal:', quoted(plainText(aim))]),
    ...(approach === null ? [] : ['Approach:', quoted(plainText(approach))]),
  ].join('\n');
}

function withoutChange(): Error {
  return usageError(
    'INPUT_MISSING',
    'TEXT or --approach is missing: there is a reason, and nothing that it is for. Nothing was changed.',
    'Say what changes: callsheet goal "…" --reason "…"',
  );
}
