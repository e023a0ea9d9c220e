import { usageError } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import {
  defined,
  numberOf,
  optionalText,
  sql,
  textOf,
  type Reader,
  type Row,
  type Sql,
  type Transaction,
} from '../store/index.js';
import { plainText } from '../text/index.js';
import { LONGEST_GOAL, LONGEST_REASON, type GoalRevision, type NewGoal } from './goal.js';

const insertRevision = (revision: GoalRevision): Sql => sql`
  insert into goal_revision (number, reason, goal, approach, created_ms, created_by)
  values (${revision.number}, ${revision.reason}, ${revision.goal ?? null}, ${revision.approach ?? null},
          ${revision.createdAt}, ${revision.by ?? null})`;

/** Goal and approach as they are now. */
export async function goalNow(reader: Reader): Promise<GoalRevision | undefined> {
  const row = await reader.get(sql`select * from goal_revision order by number desc limit 1`);
  return row === undefined ? undefined : toRevision(row);
}

/** Every revision, oldest first. */
export async function goalRevisions(reader: Reader): Promise<GoalRevision[]> {
  return (await reader.all(sql`select * from goal_revision order by number`)).map(toRevision);
}

/**
 * Writes the next revision of goal and approach. What they are already is no change: then it answers undefined.
 * @throws {CallsheetError} `GOAL_REASON` (usage) for a change, after the first revision, that says no reason.
 */
export async function reviseGoal(tx: Transaction, wanted: NewGoal): Promise<GoalRevision | undefined> {
  const before = await goalNow(tx);
  const said = {
    goal: plain(wanted.goal, LONGEST_GOAL) ?? before?.goal,
    approach: plain(wanted.approach, LONGEST_GOAL) ?? before?.approach,
  };
  if (said.goal === before?.goal && said.approach === before?.approach) return undefined;
  const reason = reasonOf(wanted, before);
  const number = (before?.number ?? 0) + 1;
  const revision = defined({ number, ...said, reason, by: wanted.by, createdAt: tx.now });
  await tx.run(insertRevision(revision));
  const data = defined({ number, ...said, reason });
  await appendEvent(tx, { type: 'goal.revised', ...defined({ agentId: wanted.by }), data });
  return revision;
}

function reasonOf(wanted: NewGoal, before: GoalRevision | undefined): string {
  const reason = plain(wanted.reason, LONGEST_REASON);
  if (reason !== undefined) return reason;
  if (before === undefined) return 'first';
  throw usageError(
    'GOAL_REASON',
    `Goal and approach stand at revision ${before.number}, and others work by them: a change needs a reason. Nothing was changed.`,
    'Say why: --reason "…"',
  );
}

function plain(text: string | undefined, maxChars: number): string | undefined {
  const said = text === undefined ? '' : plainText(text).trim().slice(0, maxChars).toWellFormed();
  return said === '' ? undefined : said;
}

function toRevision(row: Row): GoalRevision {
  return defined({
    number: numberOf(row, 'number'),
    goal: optionalText(row, 'goal'),
    approach: optionalText(row, 'approach'),
    reason: textOf(row, 'reason'),
    by: optionalText(row, 'created_by'),
    createdAt: numberOf(row, 'created_ms'),
  });
}
