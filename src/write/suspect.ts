import { raw, sql, type Transaction } from '../store/index.js';

// Commands of several agents can be under way in a checkout at once. Whose a change is that is found then stays open: the
// write has no agent, and each of them may have made it.

export const writeSuspectSchema = `
create table write_suspect (
  seq      integer not null references write (seq) on delete cascade,
  agent_id text not null references agent (id),
  primary key (seq, agent_id)
) strict, without rowid;
`;

/** A column of a write: the ids of its suspects, with commas between; null where it has none. */
export const SUSPECTS = raw(
  '(select group_concat(agent_id) from write_suspect where write_suspect.seq = write.seq) as suspects',
);

export async function recordSuspects(
  tx: Transaction,
  seq: number,
  agentIds: readonly string[],
): Promise<void> {
  for (const id of agentIds)
    await tx.run(sql`insert into write_suspect (seq, agent_id) values (${seq}, ${id})`);
}
