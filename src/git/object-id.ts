import { CallsheetError } from '../error/index.js';

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}

/**
 * Passes a full object id through, and nothing else: an id is put before the `--` of a command line, where other
 * text would be read as an option or as a revision.
 */
export function objectId(text: string): string {
  if (isObjectId(text)) return text;
  throw new CallsheetError(
    'NOT_AN_OBJECT_ID',
    `${JSON.stringify(text)} is not the id of a git object, so git was not asked.`,
  );
}

/** The id git writes for "nothing", as long as the ids of the repository (SHA-1 or SHA-256). */
export function noObject(sameLengthAs: string): string {
  return '0'.repeat(sameLengthAs.length);
}
