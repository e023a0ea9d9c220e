import { CallsheetError } from '../../error/index.js';
import { oneLine, plainText } from '../../text/index.js';
import { shownPath } from './describe-write.js';

const MOST_FILES = 20;

/** A file of a selection that cannot be put back. */
export interface Blocked {
  checkout: string;
  path: string;
  /** The code of the error that putting back this one alone would be. */
  code: string;
  /** A sentence without its full stop. */
  reason: string;
}

/** What an error says of one file; what is no typed error goes on. */
export function whyBlocked({ checkout, path }: Pick<Blocked, 'checkout' | 'path'>, error: unknown): Blocked {
  if (!(error instanceof CallsheetError)) throw error;
  const said = error.message.replace(/\.? (?:Nothing was written|It was not put back)\.$|\.$/, '');
  const reason = oneLine(plainText(said), 400);
  const name = shownPath(path);
  return { checkout, path, code: error.code, reason: reason.includes(name) ? reason : `${name}: ${reason}` };
}

/** @throws {CallsheetError} `UNDO_BLOCKED`, with each of them in its data. */
export function requireNoneBlocked(blocked: readonly Blocked[], all: number): void {
  if (blocked.length === 0) return;
  const shown = blocked.slice(0, MOST_FILES).map(({ reason }) => reason);
  const more = blocked.length > MOST_FILES ? `; and ${blocked.length - MOST_FILES} more` : '';
  throw new CallsheetError(
    'UNDO_BLOCKED',
    `${blocked.length} of ${all} files cannot be put back. ${shown.join('; ')}${more}. Nothing was changed.`,
    {
      hint: 'Select fewer writes (--agent, --task, --file, --since), or write the old contents beside: --to FOLDER. With --force what came later goes too; it is kept.',
      data: { files: blocked },
    },
  );
}
