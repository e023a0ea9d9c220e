import type { Guard } from '../guard/index.js';
import type { ProcessIdentity } from '../process/index.js';

/** What a hook is answered from. */
export interface HookPlace {
  guard: Guard;
  /** The client that asks: the parent of the hook's process. Undefined when it has gone. */
  client?: () => ProcessIdentity | undefined;
  /** Takes a snapshot of the checkout around a folder; absent where there is no time for one. */
  keep?: (folder: string) => Promise<void>;
}

/** What the hook's process does: prints this, and exits so. */
export interface HookAnswer {
  stdout: string;
  stderr: string;
  exit: 0 | 2;
  /** What is true only once the answer has left: whoever has sent it calls this. */
  sent?: () => Promise<void>;
}

export const SILENT: HookAnswer = { stdout: '', stderr: '', exit: 0 };
