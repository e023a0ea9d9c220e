import { existsSync } from 'node:fs';
import { CallsheetError } from '../error/index.js';
import { locateRepository } from '../git/index.js';
import { openSqliteStore, type Chance, type Clock, type Store } from '../store/index.js';
import { MIGRATIONS } from './migrations.js';
import { requireSheetFolder, requireWorkingLocks, sheetFolder, storeFile } from './place.js';

/** The coordination database of one repository, open. */
export interface Sheet extends AsyncDisposable {
  store: Store;
  /** The database file. */
  file: string;
  /** `<git common dir>/callsheet`: logs, wake file, the command for workers. */
  folder: string;
  commonDir: string;
  /** Top folder of the checkout asked from. */
  root: string;
}

export interface SheetOptions {
  env: NodeJS.ProcessEnv;
  /** Made when it does not exist yet. Default true. */
  create?: boolean;
  /** Opened for one short call, as the next will be: the log that each has to read is kept short. Default false. */
  isBrief?: boolean;
  clock?: Clock;
  chance?: Chance;
}

// Reading 500 pages takes over a millisecond; copying 200 waits for the disk once in a few dozen hooks.
const BRIEF_LOG_PAGES = 200;

/**
 * Opens the sheet of the repository that holds `cwd`.
 * @throws {CallsheetError} `NOT_A_REPOSITORY`, `SHEET_MISSING` (with `create: false`), `SHEET_FOLDER`, and those
 * of the store.
 */
export async function openSheet(cwd: string, options: SheetOptions): Promise<Sheet> {
  const located = locateRepository(cwd);
  if (located === undefined) {
    throw new CallsheetError('NOT_A_REPOSITORY', `${cwd} is in no git repository. Nothing was done.`, {
      hint: 'Change into a repository, name one with -C PATH, or make one: git init',
    });
  }
  const { commonDir, root } = located;
  requireSheetFolder(commonDir);
  const file = storeFile(commonDir, options.env);
  if (options.create === false && !existsSync(file)) {
    throw new CallsheetError('SHEET_MISSING', `There is no sheet for ${root} yet (${file}).`, {
      hint: 'Any command that writes makes it: callsheet task add "…", callsheet run --plan FILE',
    });
  }
  requireWorkingLocks(file);
  const { clock, chance } = options;
  const store = await openSqliteStore({
    file,
    migrations: MIGRATIONS,
    ...(options.isBrief === true ? { logPages: BRIEF_LOG_PAGES } : {}),
    ...(clock === undefined ? {} : { clock }),
    ...(chance === undefined ? {} : { chance }),
  });
  return {
    store,
    file,
    folder: sheetFolder(commonDir),
    commonDir,
    root,
    async [Symbol.asyncDispose]() {
      await store.close();
    },
  };
}
