import { errorCode } from '../error/index.js';
import { findMarked } from '../process/index.js';
import { scratchFolder, type Site } from '../workspace/index.js';

/**
 * For as long as an engine works: when this process ends at once (a second Ctrl-C, a broken invariant), its workers,
 * setups and gates end with it. They lead process groups of their own, so no terminal ends them for us.
 * @returns Takes it back.
 */
export function endChildrenAtExit(site: Site): () => void {
  const onExit = (): void => {
    for (const { pid } of findMarked(`CALLSHEET_SCRATCH=${scratchFolder(site)}`)) kill(pid);
  };
  process.once('exit', onExit);
  return () => process.removeListener('exit', onExit);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended meanwhile, or it is another user's: there is nobody left to tell.
    if (!['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}
