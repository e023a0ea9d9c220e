import type { ExitName } from '../../error/index.js';
import type { Driver } from '../../driver/index.js';
import { requireRun, type Run } from '../../run/index.js';
import type { Report } from '../../supervisor/index.js';
import type { Site } from '../../workspace/index.js';
import { lastSeq } from '../../event/index.js';
import type { Context } from '../operation.js';
import { followRun } from './follow.js';

export interface RunOutput extends Report {
  type: 'report';
}

/** The engine at work in this process, shown while it goes on; ends with the report. */
export async function pursueAndShow(context: Context, site: Site, driver: Driver, since?: number): Promise<RunOutput> {
  const { pursue } = await import('../../supervisor/index.js');
  const { installCommand } = await import('../../worker/index.js');
  const { store } = context.sheet;
  context.emit({ callsheet: 'run', version: 1, run: site.run.id });
  const commandFolder = await installCommand(site.sheetFolder);
  const follower = await followRun(context, site.run.id, { since: since ?? (await lastSeq(store)) });
  try {
    const end = await pursue({ site, driver, commandFolder }, { signal: context.signal });
    if (end.state === 'finished') await landAtEnd(context, site);
  } finally {
    await follower.stop();
  }
  return reportOf(context, await requireRun(store, site.run.id));
}

/** `--into B` is `callsheet land --into B` at the end. */
async function landAtEnd(context: Context, site: Site): Promise<void> {
  const { into } = site.run.options;
  if (into === undefined) return;
  const { landInto, openLane } = await import('../../landing/index.js');
  const lane = openLane(site);
  try {
    await landInto(site, lane, into, context.signal);
  } finally {
    await lane.close();
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
      return 'done';
    case 'failed':
      return 'failed';
    case 'waiting':
      return 'refused';
    case 'stopped':
    case 'running':
      return 'interrupted';
  }
}
