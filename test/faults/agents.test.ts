import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileAppears, givenProject } from '../run/given-project.js';
import { expectFinished, expectSound } from './expect-whole.js';
import { isFull, sample } from './sample.js';

type Project = Awaited<ReturnType<typeof givenProject>>;

/** How much memory a process has had at most, in MiB. */
function peakMebibytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/** What the logs of a run take on the disk, by their names without the number of a segment, in MiB. */
function logSizes({ root }: Project): number[] {
  const folder = join(root, '.git', 'callsheet', 'logs', 'run-1');
  const sizes = new Map<string, number>();
  for (const name of readdirSync(folder)) {
    const log = name.replace(/(?<=\.log)\.\d+$/, '');
    sizes.set(log, (sizes.get(log) ?? 0) + statSync(join(folder, name)).size / 1024 / 1024);
  }
  return [...sizes.values()];
}

const FLOOD_MEBIBYTES = isFull ? 1024 : 100;
const LINES = `yes 'nothing new under the sun' | head -c ${FLOOD_MEBIBYTES}M`;
// One line without an end, and a stream of what looks like reports.
const NO_LINES = `head -c ${FLOOD_MEBIBYTES}M /dev/zero | tr '\\0' x`;
const REPORTS = `yes '{"callsheet":"tool","name":"edit","reads":["a.txt"]}' | head -c ${Math.floor(FLOOD_MEBIBYTES / 20)}M`;

const FLOODS = [
  { name: 'an agent, in lines', agent: LINES, gate: 'true' },
  { name: 'a gate', agent: 'true', gate: `test ! -e one.txt || ${LINES}` },
  { name: 'an agent, in one line', agent: NO_LINES, gate: 'true' },
  { name: 'an agent, on stderr', agent: `${LINES} >&2`, gate: 'true' },
  { name: 'an agent, with reports', agent: REPORTS, gate: 'true' },
];

test.each(sample(1, FLOODS))(
  `a flood of ${FLOOD_MEBIBYTES} MiB from $name costs neither memory nor disk, and the run goes on meanwhile`,
  { timeout: 300_000 },
  async ({ agent, gate }) => {
    await using project = await givenProject();
    const script = `if test $T = one; then ${agent}; echo one > one.txt; else echo two > two.txt; fi`;
    const engine = await project.begin(
      [{ id: 'one' }, { id: 'two' }, { id: 'last', kind: 'verify', after: ['one', 'two'] }],
      `case $T in last) touch "$F/flooded"; until test -e "$F/go"; do sleep 0.05; done;; *) ${script};; esac`,
      { args: ['--gate', gate] },
    );
    await fileAppears(project.at('flooded'));
    const peak = peakMebibytes(engine.pid);
    await project.write(project.at('go'), '');
    await expectFinished(project, await engine.ended, ['one', 'two']);
    expect(peak).toBeLessThan(200);
    expect(Math.max(...logSizes(project))).toBeLessThanOrEqual(8.1);
  },
);

const DAEMON = 'while :; do sleep 0.1; done';

test.each(
  sample(1, [
    [
      'double-forks into a session of its own, its files closed',
      `(setsid sh -c '${DAEMON}' </dev/null >/dev/null 2>&1 &)`,
    ],
    ['ignores SIGTERM', `(trap '' TERM; ${DAEMON}) &`],
    ['holds its output open', `setsid sh -c '${DAEMON}' &`],
    ['stops itself', `sh -c 'kill -STOP $$' &`],
  ]),
)('an agent that leaves a daemon that %s: it is ended before the work lands', async (_, daemon) => {
  await using project = await givenProject();
  const { code } = await project.run([{ id: 'one' }], `${daemon}\necho one > one.txt`);
  expect(code).toBe(0);
  expect(project.left()).toEqual([]);
  await expectSound(project);
});

test('a daemon that has emptied its environment cannot be told from a person: it is named, and not ended', async () => {
  await using project = await givenProject();
  const daemon = `(setsid env -i sh -c 'echo $$ > "${project.folder}/pid"; ${DAEMON}' </dev/null >/dev/null 2>&1 &)
    until test -s "$F/pid"; do sleep 0.05; done`;
  const { code, events } = await project.run([{ id: 'one' }], `${daemon}\necho one > one.txt`);
  const pid = Number(readFileSync(project.at('pid'), 'utf8'));
  try {
    expect(code).toBe(0);
    const told = events.find(({ type }) => type === 'process.left');
    expect(told).toMatchObject({ task: 'one', data: { path: expect.stringMatching(/one-1$/) as string } });
    expect(told?.data['pids']).toContain(pid);
    expect(process.kill(pid, 0)).toBe(true);
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});

test.each(sample(0, ["trap '' TERM INT HUP", "trap 'echo asked' TERM"]))(
  'an agent that does not end at SIGTERM (%s) is ended when its time is up, and its work is saved',
  async (deaf) => {
    await using project = await givenProject();
    const { report } = await project.run(
      [{ id: 'one', attempts: 1, timeout: '1s' }],
      `${deaf}; echo part > part.txt; while :; do sleep 0.1; done`,
    );
    expect(report.tasks[0]).toMatchObject({
      state: 'failed',
      reason: 'took longer than its time limit of 1s',
    });
    expect(project.left()).toEqual([]);
    const [snapshot = ''] = project.refs('refs/callsheet/snapshots');
    expect(project.show(snapshot, 'part.txt')).toBe('part');
  },
);
