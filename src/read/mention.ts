import { sql, textOf, type Reader, type Transaction } from '../store/index.js';

/** A prompt of a session has named a file of a checkout. */
export interface Mention {
  agentId: string;
  checkout: string;
  path: string;
}

export const mentionSchema = `
create table mention (
  agent_id text not null references agent (id),
  checkout text not null,
  path     text not null,
  at_ms    integer not null,
  primary key (agent_id, checkout, path)
) strict, without rowid;
create index mention_by_path on mention (path);

create view mentions as
  select agent_id as agent, checkout, path, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') as at
    from mention;
`;

export async function recordMention(tx: Transaction, { agentId, checkout, path }: Mention): Promise<void> {
  await tx.run(sql`
    insert into mention (agent_id, checkout, path, at_ms) values (${agentId}, ${checkout}, ${path}, ${tx.now})
    on conflict (agent_id, checkout, path) do update set at_ms = excluded.at_ms`);
}

/** The live sessions whose prompts have named a path, each with a checkout in which they did, but for one. */
export async function mentionersOf(
  reader: Reader,
  path: string,
  exceptAgent: string,
): Promise<Omit<Mention, 'path'>[]> {
  const rows = await reader.all(sql`
    select agent.id as agent_id, max(mention.checkout) as checkout
      from mention join agent on agent.id = mention.agent_id
     where mention.path = (select ${path}) and agent.ended_ms is null and agent.id <> ${exceptAgent}
     group by agent.id order by agent.id`);
  return rows.map((row) => ({ agentId: textOf(row, 'agent_id'), checkout: textOf(row, 'checkout') }));
}

/** What a session that has ended was asked about concerns nobody any more. */
export async function forgetMentions(tx: Transaction, agentId: string): Promise<void> {
  await tx.run(sql`delete from mention where agent_id = (select ${agentId})`);
}
