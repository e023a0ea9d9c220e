import { identityOf, type ProcessIdentity, type Processes, variableOf } from '../process/index.js';
import { scratchFolder, type RunPlace } from '../workspace/index.js';

const RUN = 'CALLSHEET_ENGINE_OF';
const STARTER = 'CALLSHEET_ENGINE_PROCESS';

/**
 * Marks what this process starts from now on as started by the engine of a run, or by one that is about to become it.
 * git is in a session of its own, so a killed engine leaves it at work: the next engine has to find it, and end it,
 * before it touches what git may be writing. Workers and gates get an environment without the mark; they have one of
 * their own.
 */
export function markAsEngine(site: RunPlace): void {
  process.env[RUN] = scratchFolder(site);
  const self = identityOf(process.pid);
  if (self !== undefined) process.env[STARTER] = starterText(self);
}

/**
 * What engines of a run have started for themselves (their git, and filters of that) and left when they died, each
 * with the mark that all from the same engine carry. One that still asks whether it may become the engine keeps its own.
 */
export function leftByEngines(
  site: RunPlace,
  processes: Processes,
): { left: ProcessIdentity; marker: string }[] {
  const ofRun = `${RUN}=${scratchFolder(site)}`;
  return processes.findMarked(ofRun).flatMap((left) => {
    const text = variableOf(left.pid, STARTER);
    const starter = text === undefined ? undefined : starterFrom(text);
    if (starter !== undefined && processes.isAlive(starter)) return [];
    return [{ left, marker: text === undefined ? ofRun : `${STARTER}=${text}` }];
  });
}

/** Without spaces: where the system shows environments as one line, a space ends a variable. */
function starterText({ pid, startedAt }: ProcessIdentity): string {
  return `${pid}@${encodeURIComponent(startedAt)}`;
}

function starterFrom(text: string): ProcessIdentity | undefined {
  const [, pid, startedAt] = /^(\d+)@(.+)$/.exec(text) ?? [];
  return pid === undefined || startedAt === undefined
    ? undefined
    : { pid: Number(pid), startedAt: decodeURIComponent(startedAt) };
}
