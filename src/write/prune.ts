import { numberOf, raw, sql, type Reader, type Transaction } from '../store/index.js';

// The newest of all stays: its number is not given twice. What a live session or its subagents wrote, or a live one has
// seen an older state of the file than, is still compared with.
const FORGETTABLE = raw(`
  write.seq < (select max(seq) from write)
  and not exists (
    select 1 from agent left join agent as session on session.id = agent.parent_id
     where agent.id = write.agent_id and (agent.ended_ms is null or session.ended_ms is null and session.id is not null))
  and not exists (
    select 1 from seen join agent on agent.id = seen.agent_id
     where seen.checkout = write.checkout and seen.path = write.path and seen.write_seq < write.seq
       and agent.ended_ms is null)`);

/** How many writes {@link forgetWrites} would forget. */
export async function countForgettable(reader: Reader, beforeMs: number): Promise<number> {
  const row = await reader.get(sql`
    select count(*) as count from write where at_ms < ${beforeMs} and ${FORGETTABLE}`);
  return numberOf(row ?? { count: 0 }, 'count');
}

/**
 * Forgets writes made before a moment (Unix milliseconds) that no live session needs, the oldest first.
 * @param atOnce At most so many.
 * @returns How many.
 */
export async function forgetWrites(tx: Transaction, beforeMs: number, atOnce: number): Promise<number> {
  const { changes } = await tx.run(sql`
    delete from write where seq in (
      select seq from write where at_ms < ${beforeMs} and ${FORGETTABLE} order by seq limit ${atOnce})`);
  return changes;
}
