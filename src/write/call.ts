import { assert } from '../error/index.js';
import {
  defined,
  numberOf,
  oneOf,
  optionalJson,
  optionalText,
  sql,
  textOf,
  type Reader,
  type Row,
  type Transaction,
} from '../store/index.js';

/**
 * What a call may do to a path: replace its content, change a place in it, whatever a command does, or be given by a
 * command the content that stands in the command itself.
 */
export const CALL_KINDS = ['whole', 'edit', 'shell', 'shell-text'] as const;

/** An edit as a tool is asked for it: this text, by that. */
export interface TextEdit {
  old: string;
  new: string;
}

/** A tool call that was let through and has not been accounted for yet. */
export interface OpenCall {
  agentId: string;
  /** The client's id of the call. */
  callId: string;
  kind: (typeof CALL_KINDS)[number];
  checkout: string;
  /** Empty for a command as such, which may write anywhere; a file that it names as one it writes has a call of its own. */
  path: string;
  /** git's object id of the content when it was let through; empty when there was no such file. */
  before: string;
  /** Of the content that it should leave behind, where that is known. */
  expected?: string;
  /** In place of that: what it replaces in the content that was there, at one place, or of a `whole` call wherever it stands. */
  edits?: TextEdit[];
  /** The newest write of the sheet at that moment. */
  writeSeq: number;
  at: number;
}

export const callSchema = `
create table open_call (
  agent_id      text not null references agent (id),
  call_id       text not null,
  kind          text not null check (kind in ('whole', 'edit', 'shell', 'shell-text')),
  checkout      text not null,
  path          text not null,
  before_hash   text not null,
  expected_hash text,
  write_seq     integer not null,
  at_ms         integer not null,
  primary key (agent_id, call_id)
) strict, without rowid;
create index open_call_by_path on open_call (checkout, path);
`;

export const callEditsSchema = `
alter table open_call add column edits text;
`;

export async function openCall(tx: Transaction, call: Omit<OpenCall, 'at'>): Promise<void> {
  await tx.run(sql`
    insert or replace into open_call (agent_id, call_id, kind, checkout, path, before_hash, expected_hash, edits, write_seq, at_ms)
    values (${call.agentId}, ${call.callId}, ${call.kind}, ${call.checkout}, ${call.path}, ${call.before},
            ${call.expected ?? null}, ${call.edits === undefined ? null : JSON.stringify(call.edits)}, ${call.writeSeq}, ${tx.now})`);
}

/** The calls of an agent that are not accounted for, oldest first. */
export async function openCallsOf(reader: Reader, agentId: string): Promise<OpenCall[]> {
  const rows = await reader.all(sql`
    select * from open_call where agent_id = (select ${agentId}) order by at_ms, call_id`);
  return rows.map(toCall);
}

/** The calls under way on a path. */
export async function openCallsOn(reader: Reader, checkout: string, path: string): Promise<OpenCall[]> {
  const rows = await reader.all(sql`
    select * from open_call where checkout = (select ${checkout}) and path = (select ${path}) order by at_ms`);
  return rows.map(toCall);
}

/** The commands under way in a checkout. */
export async function openShellsIn(reader: Reader, checkout: string): Promise<OpenCall[]> {
  return openCallsOn(reader, checkout, '');
}

export async function closeCall(tx: Transaction, call: Pick<OpenCall, 'agentId' | 'callId'>): Promise<void> {
  await tx.run(sql`
    delete from open_call where agent_id = (select ${call.agentId}) and call_id = (select ${call.callId})`);
}

/** Every content that a call under way starts from, or should leave behind. */
export async function hashesOfOpenCalls(reader: Reader): Promise<string[]> {
  const rows = await reader.all(sql`
    select before_hash as hash from open_call
    union select expected_hash from open_call where expected_hash is not null`);
  return rows.map((row) => textOf(row, 'hash'));
}

function toCall(row: Row): OpenCall {
  return defined({
    agentId: textOf(row, 'agent_id'),
    callId: textOf(row, 'call_id'),
    kind: oneOf(row, 'kind', CALL_KINDS),
    checkout: textOf(row, 'checkout'),
    path: textOf(row, 'path'),
    before: textOf(row, 'before_hash'),
    expected: optionalText(row, 'expected_hash'),
    edits: editsOf(row),
    writeSeq: numberOf(row, 'write_seq'),
    at: numberOf(row, 'at_ms'),
  });
}

function editsOf(row: Row): TextEdit[] | undefined {
  const edits = optionalJson(row, 'edits');
  if (edits === undefined) return undefined;
  assert(Array.isArray(edits), 'column edits holds a list');
  return edits.map((edit: Record<string, unknown>) => ({
    old: String(edit['old']),
    new: String(edit['new']),
  }));
}
