import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBlob } from '../../src/blob/index.js';
import type { Sheet } from '../../src/sheet/index.js';
import { findWrites, type Write } from '../../src/write/index.js';
import type { Agent, Edit } from './agent.js';

/** What became of edits that were made. */
export interface Fates {
  /** Their line is in the file. */
  kept: number;
  /** A command wrote over it; both agents were told which write that was, and the content before it holds the line. */
  recoverable: number;
  /** Neither. */
  vanished: number;
}

/** Looks for the line of every edit: in its file, and in what the sheet has kept and told of. */
export async function countFates(
  root: string,
  agents: readonly Agent[],
  sheet: Sheet | undefined,
): Promise<Fates> {
  const fates: Fates = { kept: 0, recoverable: 0, vanished: 0 };
  const told = agents.map(({ session }) => session.heard.join('\n'));
  for (const { work } of agents)
    for (const edit of work.edits) {
      if (readFileSync(join(root, edit.file), 'utf8').includes(`${edit.line}\n`)) fates.kept += 1;
      else if (sheet !== undefined && (await isToldOf(sheet, edit, told))) fates.recoverable += 1;
      else fates.vanished += 1;
    }
  return fates;
}

/** Whether the way back to a line was told to who made it and to who wrote over it. */
async function isToldOf(sheet: Sheet, { file, line, by }: Edit, told: readonly string[]): Promise<boolean> {
  const holds = (hash: string): boolean =>
    readBlob(sheet.folder, hash)?.toString().includes(`${line}\n`) === true;
  // Of several commands under way at once it is not known which one wrote: all of their agents are told.
  const isByCommand = ({ how }: Write): boolean => how !== 'write' && how !== 'edit';
  const removals = (await findWrites(sheet.store, { paths: [file] })).filter(
    ({ before, after }) => holds(before) && !holds(after),
  );
  const wereBothTold = ({ seq }: Write): boolean => {
    const way = new RegExp(`callsheet undo --write ${seq}\\b`);
    return way.test(told[by - 1] ?? '') && told.filter((each) => way.test(each)).length > 1;
  };
  return removals.some((write) => isByCommand(write) && wereBothTold(write));
}
