import { expect } from 'vitest';
import type { givenProject, ReportLine } from '../run/given-project.js';

type Project = Awaited<ReturnType<typeof givenProject>>;

/** The tasks that landed in a run, in the order of its branch, one entry for each landing. */
export function landedIn(project: Project, run = 'run-1', base = 'main'): string[] {
  const format = '--format=%(trailers:key=Callsheet-Task,valueonly,separator=)';
  const log = project.git('log', '--first-parent', '--reverse', format, `${base}..callsheet/${run}/main`);
  return log.split('\n').filter((task) => task !== '');
}

/** What holds of every repository and sheet, whatever has happened: sound, nobody left, the log without a gap. */
export async function expectSound(project: Project): Promise<void> {
  expect(project.left()).toEqual([]);
  expect(await project.sql('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  const [log] = await project.sql<{ rows: number; last: number }>(
    'select count(*) as rows, max(seq) as last from event',
  );
  expect(log?.rows).toBe(log?.last);
  expect(project.git('fsck', '--no-dangling', '--no-progress')).toBe('');
}

/** The run has come to its good end: each task landed exactly once, and nothing of the way there is left. */
export async function expectFinished(
  project: Project,
  ended: { code: number | null; stderr: string; report?: ReportLine },
  tasks: string[],
): Promise<void> {
  expect(ended.code, ended.stderr).toBe(0);
  expect(landedIn(project).sort()).toEqual([...tasks].sort());
  expect(project.worktrees()).toEqual([]);
  expect(await project.sql("select id from lock where state in ('held', 'queued')")).toEqual([]);
  await expectSound(project);
}

export interface Refusal {
  code: string;
  message: string;
  hint: string | null;
  data?: unknown;
}

/** The error of a command given with `--json`. */
export function refusalIn({ stderr }: { stderr: string }): Refusal {
  const line = stderr.trimEnd().split('\n').at(-1) ?? '';
  try {
    return (JSON.parse(line) as { error: Refusal }).error;
  } catch (cause) {
    throw new Error(`no error: ${stderr}`, { cause });
  }
}
