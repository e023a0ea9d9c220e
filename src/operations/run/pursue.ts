import { CallsheetError, messageOf, type ExitName } from '../../error/index.js';
import type { Driver } from '../../driver/index.js';
import { requireRun, type Run } from '../../run/index.js';
import type { Report } from '../../supervisor/index.js';
import { ScratchLook, scratchFolder, watchScratch, type Site } from '../../workspace/index.js';
import { lastSeq } from '../../event/index.js';
import type { Context } from '../operation.js';
import { followRun } from './follow.js';
import { noteLandedRun } from './note-landed-run.js';

export interface RunOutput extends Report {
  type: 'report';
  /** Why the finished run did not reach the branch of `--into`. */
  notLanded?: { code: string; message: string; hint?: string };
}

export interface Shown {
  /** Events after this one are shown. Default: those from now on. */
  since?: number;
  /** What a program hears after the header. */
  first?: object;
}

/** The engine at work in this process, shown while it goes on; ends with the report. */
export async function pursueAndShow(
  context: Context,
  site: Site,
  driver: Driver,
  shown: Shown = {},
): Promise<RunOutput> {
  const { pursue, removeEmptyFolders } = await import('../../supervisor/index.js');
  const { installCommand } = await import('../../worker/index.js');
  const { store } = context.sheet;
  context.emit({ callsheet: 'run', version: 1, run: site.run.id });
  if (shown.first !== undefined) context.emit(shown.first);
  const commandFolder = await installCommand(site.sheetFolder);
  const follower = await followRun(context, site.run.id, {
    since: shown.since ?? (await lastSeq(store)),
    isEngine: true,
  });
  const look = new ScratchLook(store, scratchFolder(site), site.run.id);
  // What agents share is told for people to see; a run does not end for it.
  const shared = watchScratch(look, store, (error) =>
    context.say(`The shared folder was not looked at: ${messageOf(error)}`),
  );
  let notLanded: RunOutput['notLanded'];
  try {
    const end = await pursue(
      { site, driver, commandFolder },
      {
        signal: context.signal,
        say: (line) => follower.say(line),
      },
    );
    if (end.state === 'finished') notLanded = await landAtEnd(context, site);
    removeEmptyFolders(site);
  } finally {
    await shared.close();
    await follower.stop();
  }
  const report = await reportOf(context, await requireRun(store, site.run.id));
  return notLanded === undefined ? report : { ...report, notLanded };
}

/**
 * `--into B` is `callsheet land --into B` at the end. When it is refused the run stands as it is: the report says so,
 * and what to do.
 */
async function landAtEnd(context: Context, site: Site): Promise<RunOutput['notLanded']> {
  const { into } = site.run.options;
  if (into === undefined) return undefined;
  const { landInto, openLane } = await import('../../landing/index.js');
  const lane = openLane(site);
  try {
    const landed = await againWhenMoved(() => landInto(site, lane, into, context.signal));
    await noteLandedRun(context, site, landed);
    return undefined;
  } catch (error) {
    if (!(error instanceof CallsheetError)) throw error;
    const { code, message, hint } = error;
    return { code, message, ...(hint === undefined ? {} : { hint }) };
  } finally {
    await lane.close();
  }
}

// Another run that ends at the same time lands into the same branch; more than a few at once is somebody's loop.
const MOST_TRIES = 8;

/** The branch is merged in and tested anew when somebody was faster: nobody is there to give the command again. */
async function againWhenMoved<Landed>(land: () => Promise<Landed>): Promise<Landed> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await land();
    } catch (error) {
      const hasMoved = error instanceof CallsheetError && error.code === 'LAND_MOVED';
      if (!hasMoved || tries >= MOST_TRIES) throw error;
    }
  }
}

export async function reportOf(context: Context, run: Run): Promise<RunOutput> {
  const { reportOn } = await import('../../supervisor/index.js');
  const { store } = context.sheet;
  return { type: 'report', ...(await reportOn(store, run, store.clock.now())) };
}

export function exitOf(report: RunOutput): ExitName {
  switch (report.state) {
    case 'finished':
      return report.notLanded === undefined ? 'done' : 'refused';
    case 'failed':
      return 'failed';
    case 'waiting':
      return 'refused';
    case 'stopped':
    case 'running':
      return 'interrupted';
  }
}
