import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { CallsheetError, errorCode } from '../error/index.js';
import { readSmall } from '../file/index.js';
import { problemsOfPlace, workspacesFolder } from './place.js';

const LONGEST_POINTER_BYTES = 4_096;

export interface ScratchPlace {
  /** `<git common dir>/callsheet`. */
  sheetFolder: string;
  commonDir: string;
  /** Top folder of the checkout asked from. */
  root: string;
  /**
   * Where the configuration of the repository puts it. It may come from anybody, so `agree` gets the folder first, and
   * throws when nobody has agreed.
   */
  wished?: { workspaces: string; agree: (folder: string) => Promise<void> };
}

/**
 * The folder that all sessions of a sheet share, made when it is missing: one for all checkouts of a repository. Where
 * it is is kept with the sheet.
 * @throws {CallsheetError} `SCRATCH_PLACE` when it cannot lie where workspaces would.
 */
export async function openScratch(place: ScratchPlace): Promise<string> {
  const known = knownScratch(place.sheetFolder);
  if (known !== undefined) return known;
  const beside = workspacesFolder(place.wished?.workspaces, mainCheckout(place));
  await place.wished?.agree(beside);
  const problems = await problemsOfPlace(beside, place.root);
  if (problems.length > 0)
    throw new CallsheetError(
      'SCRATCH_PLACE',
      `There is no place for a shared folder. ${problems.join(' ')}`,
      {
        hint: 'Name another place in callsheet.config.yaml: workspaces: ../elsewhere',
      },
    );
  const folder = join(beside, 'scratch', 'sheet');
  mkdirSync(folder, { recursive: true });
  const draft = `${pointerIn(place.sheetFolder)}.${process.pid}`;
  writeFileSync(draft, folder, { mode: 0o600 });
  renameSync(draft, pointerIn(place.sheetFolder));
  return folder;
}

/** The shared folder, when it has been made and is still there. */
export function knownScratch(sheetFolder: string): string | undefined {
  try {
    const folder = readSmall(pointerIn(sheetFolder), LONGEST_POINTER_BYTES).toString('utf8');
    return isAbsolute(folder) && statSync(folder).isDirectory() ? folder : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function pointerIn(sheetFolder: string): string {
  return join(sheetFolder, 'scratch');
}

/** Worktrees share the folder of the checkout that they were made from. */
function mainCheckout({ commonDir, root }: ScratchPlace): string {
  if (basename(commonDir) === '.git') return dirname(commonDir);
  // A bare repository has none; that of a submodule lies in another's `.git`, where nobody may write.
  return commonDir.split('/').includes('.git') ? root : commonDir;
}
