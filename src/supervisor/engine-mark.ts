import { scratchFolder, type RunPlace } from '../workspace/index.js';

const NAME = 'CALLSHEET_ENGINE_OF';

/** What the environment of everything says that the engine of a run has started for itself: its git, and filters of that. */
export function engineMark(site: RunPlace): string {
  return `${NAME}=${scratchFolder(site)}`;
}

/**
 * Marks what this process starts from now on as started by the engine of a run. git is in a session of its own, so a
 * killed engine leaves it at work: the next engine has to find it, and end it, before it touches what git may be
 * writing. Workers and gates get an environment without the mark; they have one of their own.
 */
export function markAsEngine(site: RunPlace): void {
  process.env[NAME] = scratchFolder(site);
}
