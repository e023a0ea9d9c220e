import { sql, textOf, type Reader, type Transaction } from '../store/index.js';

// Commands of several agents can be under way in a checkout at once. Whose a change is that is found then stays open: the
// write has no agent, and each of them may have made it.

export const writeSuspectSchema = `
create table write_suspect (
  seq      integer not null references write (seq) on delete cascade,
  agent_id text not null references agent (id),
  primary key (seq, agent_id)
) strict, without rowid;
`;

export async function recordSuspects(
  tx: Transaction,
  seq: number,
  agentIds: readonly string[],
): Promise<void> {
  for (const id of agentIds)
    await tx.run(sql`insert into write_suspect (seq, agent_id) values (${seq}, ${id})`);
}

/** The agents whose commands may have made a write that is nobody's; none where no command was under way. */
export async function findSuspects(reader: Reader, seq: number): Promise<string[]> {
  const rows = await reader.all(sql`select agent_id from write_suspect where seq = ${seq} order by agent_id`);
  return rows.map((row) => textOf(row, 'agent_id'));
}
