import { errorCode } from '../error/index.js';
import { processesOf, scratchFolder, type Site } from '../workspace/index.js';

const MOST_LOOKS = 40;
// Nothing asynchronous runs any more when a process exits.
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/**
 * For as long as an engine works: when this process ends at once (a second Ctrl-C, a broken invariant), its workers,
 * setups and gates end with it. They lead process groups of their own, so no terminal ends them for us.
 * @returns Takes it back.
 */
export function endChildrenAtExit(site: Site): () => void {
  const marker = `CALLSHEET_SCRATCH=${scratchFolder(site)}`;
  const processes = processesOf(site);
  return processes.atExit(() => {
    // Again until a look finds nobody: a process can start another one between the look and the signal.
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
      const left = processes.findMarked(marker);
      if (left.length === 0) return;
      for (const { pid } of left) kill(pid);
      Atomics.wait(PAUSE, 0, 0, 5);
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended meanwhile, or it is another user's: there is nobody left to tell.
    if (!['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}
