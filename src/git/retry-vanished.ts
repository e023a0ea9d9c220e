import { stderrOf } from './retry.js';

// What git says of an object that it was given a moment ago, and that is not there any more.
const VANISHED =
  /not a valid object|(?:bad|invalid|nonexistent|missing) (?:object|tree|blob|commit)|could not parse (?:object|commit)|unable to (?:read|find) |Needed a single revision|not something we can merge|invalid reference|unknown revision/i;

const MOST_TRIES = 3;

/**
 * Runs work that makes objects and then a ref to them, again from its beginning when somebody has collected garbage in
 * between (`git gc --prune=now`, `git prune`): until there is a ref, git takes them for nobody's. The work must make
 * everything anew. Keeping each object by a ref of its own would cost a process each, for what hardly ever happens.
 */
export async function retryVanished<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries >= MOST_TRIES || !hasVanished(error)) throw error;
    }
  }
}

/** Whether git failed because an object is not there any more. */
export function hasVanished(error: unknown): boolean {
  return VANISHED.test(stderrOf(error) ?? '');
}
