import type { Fields } from '../operations/index.js';

/** Options that every command understands. */
export const GLOBALS = {
  json: { kind: 'flag', help: 'Print one JSON document (streams: one event a line); errors too, on stderr' },
  repository: {
    kind: 'text',
    short: 'C',
    flag: 'repository',
    placeholder: 'PATH',
    help: 'Work as if started in PATH',
  },
  as: { kind: 'name', help: 'Your name in this sheet (or CALLSHEET_AGENT); default: your user name' },
  help: { kind: 'flag', short: 'h', help: 'Show this' },
} as const satisfies Fields;

export interface Globals {
  json: boolean;
  repository?: string;
  as?: string;
  help: boolean;
}
