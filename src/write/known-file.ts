import { sql, textOf, type Reader, type Row, type Transaction } from '../store/index.js';

/** How a file was when it was last looked at: a look at its stamp tells whether it has to be read again. */
export interface KnownFile {
  checkout: string;
  path: string;
  /** git's object id of the content; empty when there was no such file. */
  hash: string;
  /**
   * Size, times and number of the file, as one text; empty when there was no such file. Some text that no file has where
   * it has to be read again all the same.
   */
  stamp: string;
}

export const knownFileSchema = `
create table known_file (
  checkout text not null,
  path     text not null,
  hash     text not null,
  stamp    text not null,
  primary key (checkout, path)
) strict, without rowid;
`;

export async function noteFile(tx: Transaction, file: KnownFile): Promise<void> {
  await tx.run(sql`
    insert into known_file (checkout, path, hash, stamp)
    values (${file.checkout}, ${file.path}, ${file.hash}, ${file.stamp})
    on conflict (checkout, path) do update set hash = excluded.hash, stamp = excluded.stamp
     where hash <> excluded.hash or stamp <> excluded.stamp`);
}

/** The files of a checkout that somebody has looked at. */
export async function knownFiles(reader: Reader, checkout: string): Promise<KnownFile[]> {
  return (await reader.all(sql`select * from known_file where checkout = (select ${checkout})`)).map(
    toKnownFile,
  );
}

export async function findKnownFile(
  reader: Reader,
  checkout: string,
  path: string,
): Promise<KnownFile | undefined> {
  const row = await reader.get(sql`
    select * from known_file where checkout = (select ${checkout}) and path = (select ${path})`);
  return row === undefined ? undefined : toKnownFile(row);
}

/** Forgets the files that nobody who lives has seen or is about to write: those need not be looked at any more. */
export async function forgetUnseenFiles(tx: Transaction): Promise<void> {
  await tx.run(sql`
    delete from known_file where not exists (
      select 1 from seen join agent on agent.id = seen.agent_id
       where seen.checkout = known_file.checkout and seen.path = known_file.path and agent.ended_ms is null)
      and not exists (
      select 1 from open_call
       where open_call.checkout = known_file.checkout and open_call.path = known_file.path)`);
}

function toKnownFile(row: Row): KnownFile {
  return {
    checkout: textOf(row, 'checkout'),
    path: textOf(row, 'path'),
    hash: textOf(row, 'hash'),
    stamp: textOf(row, 'stamp'),
  };
}
