import { writeFile } from 'node:fs/promises';
import type { Hook } from './words.js';

/** A hook as it is measured, with what has happened before. */
export interface Case {
  name: string;
  hook: Hook;
  /** Each time of a file that nobody has read yet; else always of the same. */
  isOfNewFile?: boolean;
  /** Brings the file and the sheet to where the hook finds them. */
  before?: (file: string, ask: (hook: Hook) => Promise<unknown>) => Promise<void>;
}

/** A source file of 4 kB that holds a word once. */
export function sourceWith(word: string): string {
  return `${word}\n${'A line of some length, as it stands in programs.\n'.repeat(84)}`;
}

/** Where nothing has changed since it was last looked at nothing is hashed; in those with something new it is. */
export const CASES: readonly Case[] = [
  { name: 'before a read', hook: 'PreToolUse(Read)' },
  { name: 'before a first read', hook: 'PreToolUse(Read)', isOfNewFile: true },
  { name: 'before an edit', hook: 'PreToolUse(Edit)' },
  { name: 'after a step', hook: 'PostToolBatch' },
  {
    name: 'after a step with an edit',
    hook: 'PostToolBatch',
    before: async (file, ask) => {
      await writeFile(file, sourceWith('one'));
      await ask('PreToolUse(Read)');
      await ask('PostToolBatch');
      await ask('PreToolUse(Edit)');
      await writeFile(file, sourceWith('two'));
    },
  },
];
