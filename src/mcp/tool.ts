import type { RawInput } from '../operations/index.js';
import type { Inputs } from './schema.js';

/** What a tool was given, which fits its schema. */
export type Given = Readonly<Record<string, unknown>>;

/** What an operation has answered: as a document, and as it is shown. */
export interface Answered {
  output: Record<string, unknown>;
  shown: string;
}

/** What a tool works with. */
export interface Caller {
  role: 'lead' | 'worker';
  /** Does one operation as this session. @throws {CallsheetError} those of the operation. */
  call: (operation: string, raw: RawInput) => Promise<Answered>;
  /** The claim that a write is about: the one that is named, else the one that this server gave last. */
  claim: (id: unknown) => { id: string; attempt?: string };
}

/** One tool: a small table over operations. */
export interface Tool {
  name: string;
  /** Only for a lead. */
  isForLead?: boolean;
  description: string;
  inputSchema: Inputs;
  run(caller: Caller, given: Given): Promise<Answered>;
}

export function textIn(given: Given, name: string): string | undefined {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberIn(given: Given, name: string): string | undefined {
  const value = given[name];
  return typeof value === 'number' ? String(value) : undefined;
}

export function listIn(given: Given, name: string): string[] {
  const value = given[name];
  return Array.isArray(value) ? (value as string[]) : [];
}

/** Several answers as one. */
export function together(...answers: Answered[]): Answered {
  return {
    output: Object.assign({}, ...answers.map(({ output }) => output)) as Record<string, unknown>,
    shown: answers.map(({ shown }) => shown).join('\n'),
  };
}
