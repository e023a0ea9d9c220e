import { CallsheetError, errorCode, messageOf } from './error.js';

const HINT =
  'Free some space (`callsheet clean` removes finished workspaces), then go on with what was begun: callsheet resume';

/** The disk has no room for what was to be written. `what` says what that was, and what did not happen. */
export function diskFull(what: string, details: { data?: unknown; cause?: unknown } = {}): CallsheetError {
  return new CallsheetError('DISK_FULL', what, { hint: HINT, ...details });
}

/** Turns what the file system says of a full disk or a used-up quota into an error that can be acted on; others pass. */
export function explainedDisk(error: unknown): unknown {
  if (!['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')) return error;
  return diskFull(`The disk is full: ${messageOf(error)}. It was not written.`, { cause: error });
}

/** Whether nothing can go on before a person has made room. */
export function isDiskFull(error: unknown): error is CallsheetError {
  return error instanceof CallsheetError && ['DISK_FULL', 'STORE_FULL'].includes(error.code);
}
