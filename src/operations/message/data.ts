import { defined } from '../../store/index.js';
import type { Fields, InputOf } from '../fields.js';

/** What a message may carry besides its text. Which type may carry what is checked when it is sent. */
export const DATA_FIELDS = {
  option: {
    kind: 'text',
    many: true,
    maxChars: 500,
    help: 'Of a QUESTION or BLOCKER: an answer that would do',
  },
  path: { kind: 'path', many: true, help: 'A file or folder that a QUERY or an INSTRUCTION is about' },
} as const satisfies Fields;

export function dataOf({ option, path }: InputOf<typeof DATA_FIELDS>): object {
  return defined({ options: listed(option), paths: listed(path) });
}

function listed(values: string[]): string[] | undefined {
  return values.length === 0 ? undefined : values;
}
