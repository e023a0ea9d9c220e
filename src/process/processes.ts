import { endTree, type EndTreeOptions } from './end-tree.js';
import { identityOf, isAlive, type ProcessIdentity } from './identity.js';
import { findInside } from './inside.js';
import { findMarked } from './marked.js';
import { runCommand, type CommandOptions, type CommandResult } from './run-command.js';

/** What an engine asks of the machine it runs on about processes: the seam at which a simulation replaces them. */
export interface Processes {
  /** The calling process; undefined where the system does not tell when it started. */
  self(): ProcessIdentity | undefined;
  isAlive(identity: ProcessIdentity): boolean;
  findMarked(marker: string): ProcessIdentity[];
  /** Who works in a folder, whoever started them. Where it is left out, nobody knows. */
  findInside?(folder: string): ProcessIdentity[];
  endTree(root: ProcessIdentity, options: EndTreeOptions): Promise<void>;
  /** Runs a gate or a setup. */
  runCommand(options: CommandOptions): Promise<CommandResult>;
  /** Calls `work` when the calling process exits, however. Returns the way to take it back. */
  atExit(work: () => void): () => void;
}

export const systemProcesses: Processes = {
  self: () => identityOf(process.pid),
  isAlive,
  findMarked,
  findInside,
  endTree,
  runCommand,
  atExit(work) {
    process.once('exit', work);
    return () => process.removeListener('exit', work);
  },
};
