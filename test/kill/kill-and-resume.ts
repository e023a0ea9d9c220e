import { existsSync, readFileSync } from 'node:fs';
import { lastEvent, missingAcknowledged } from './acknowledged.js';
import { cutCommits } from '../support/power-cut.js';
import type { Ended, Engine, EventLine, ReportLine } from '../run/given-project.js';
import type { Place } from './given-place.js';
import type { EngineDeath, PersonsCommand, Scenario, Strike } from './scenario.js';

export interface Recovery {
  ms: number;
  /** What it and the git that it had run took of a processor: the part that does not depend on who else is at work. */
  cpuMs: number;
}

/** What became of a run whose engines were killed. */
export interface Outcome {
  report: ReportLine | undefined;
  /** How the last engine ended. */
  last: Ended;
  /** Events that an engine has shown and no power cut has taken back, by number. */
  shown: Map<number, EventLine>;
  /** How long after its start each `resume` had work going on again. */
  recoveries: Recovery[];
  /** Each kill as it came about. */
  story: string[];
  /** Commands that ended well and that a power cut has taken back, by their number. */
  forgotten: Set<number>;
}

/** Pursues the scenario's run to its end, with all the deaths that are in it. */
export async function killAndResume(place: Place, scenario: Scenario): Promise<Outcome> {
  const { story, ...outcome } = { ...empty(), last: { code: null, stdout: '', stderr: '' } };
  const unwatch = place.onHeld((where, pid) => story.push(strike(scenario.strikes, where, pid)));
  const commands = scenario.person.map((command) => ({ command, isGiven: false }));
  try {
    for (let generation = 0; ; generation += 1) {
      const death = scenario.deaths[generation];
      const engine = await begin(place, scenario, death, outcome.shown.size > 0 || hasRun(place));
      const person = giveCommands(place, engine, commands, story);
      const started = performance.now();
      engine
        .until(() => true)
        .then(
          () => {
            if (generation > 0)
              outcome.recoveries.push({ ms: performance.now() - started, cpuMs: cpuMs(engine.pid) });
          },
          () => undefined,
        );
      const end = await endOf(place, engine, death);
      await Promise.all(person);
      const isDead = end.code === null;
      story.push(isDead ? `engine ${generation} was killed` : `engine ${generation} ended with ${end.code}`);
      for (const event of engine.events) outcome.shown.set(event.seq, event);
      const cut = scenario.powerCuts.get(generation);
      if (isDead && cut !== undefined) {
        story.push(`${powerCut(place, cut)} transactions are gone`);
        // Only what was in those transactions may be gone.
        const last = lastEvent(place);
        for (const seq of outcome.shown.keys()) if (seq > last) outcome.shown.delete(seq);
        for (const number of missingAcknowledged(place).keys()) outcome.forgotten.add(number);
      }
      const isOver = !isDead && end.report !== undefined && end.report.state !== 'stopped';
      if (isOver || generation > scenario.deaths.length + 3) {
        if (scenario.landDeath !== undefined) await landTwice(place, scenario.landDeath, story);
        return { ...outcome, story, last: end, report: end.report };
      }
    }
  } finally {
    unwatch();
  }
}

function empty() {
  return {
    shown: new Map<number, EventLine>(),
    recoveries: [] as Recovery[],
    story: [] as string[],
    forgotten: new Set<number>(),
  };
}

/** An engine for the run: a first one, or one that carries on where there is something to carry on. */
async function begin(
  place: Place,
  scenario: Scenario,
  death: EngineDeath | undefined,
  isBegun: boolean,
): Promise<Engine> {
  const kill = death?.at === 'git' ? { CALLSHEET_TEST_KILL: `${death.nth}:${death.how}` } : {};
  const env = { ...place.env, ...kill };
  if (isBegun) return place.start(['resume', '--json', 'run-1'], env);
  const plan = await place.plan(scenario.tasks);
  const script = readFileSync(new URL('agent.sh', import.meta.url), 'utf8');
  const workers = String(scenario.workers);
  const args = ['--agent', await place.agent(script), '--gate', place.at('gate.sh'), '--workers', workers];
  return place.start(['run', '--json', '--yes', '--plan', plan, ...args], env);
}

function hasRun({ look }: Place): boolean {
  return look((sheet) => {
    const tables = sheet.prepare("select 1 from sqlite_master where name = 'run'").all();
    return tables.length > 0 && sheet.prepare('select 1 from run').all().length > 0;
  });
}

async function endOf(place: Place, engine: Engine, death: EngineDeath | undefined) {
  const kill = (): void => engine.signal('SIGKILL');
  let stop = (): void => undefined;
  if (death?.at === 'event')
    engine.until((event) => engine.events.indexOf(event) + 1 >= death.nth).then(kill, () => undefined);
  if (death?.at === 'commit') {
    let commits = 0;
    stop = place.onCommit(() => {
      commits += 1;
      if (commits >= death.nth) kill();
    });
  }
  try {
    return await engine.ended;
  } finally {
    stop();
  }
}

/** Kills what waits at a place. What it says is for the story. */
function strike(strikes: readonly Strike[], where: string, pid: number): string {
  const planned = strikes.find(
    (each) => each.place === where || (each.what === 'gate' && where === 'gate.run'),
  );
  const target = planned?.whom === 'group' ? -groupOf(pid) : pid;
  kill(target);
  return `${planned?.what ?? 'nobody'} at ${where} was killed (${target})`;
}

function cpuMs(pid: number): number {
  const [, , , , , , , , , , , ...times] = statOf(pid);
  const ticks = times.slice(0, 4).reduce((sum, each) => sum + Number(each), 0);
  return ticks * 10;
}

/** What the system says of a process, from its state on; nothing when it has ended. */
function statOf(pid: number): string[] {
  if (!existsSync(`/proc/${pid}/stat`)) return [];
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The group of a process; its own number when it has ended. */
function groupOf(pid: number): number {
  return Number(statOf(pid)[2] ?? pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ESRCH') throw error;
  }
}

interface Given {
  command: PersonsCommand;
  isGiven: boolean;
}

/** What a person types while the engine works, each killed before it has ended, or not if it is faster. */
function giveCommands(place: Place, engine: Engine, commands: Given[], story: string[]): Promise<void>[] {
  return commands.map(async (given) => {
    const { args, afterEvents, commits } = given.command;
    if (given.isGiven) return;
    const begun = await engine.until(() => engine.events.length >= afterEvents).catch(() => undefined);
    if (begun === undefined || given.isGiven) return;
    given.isGiven = true;
    const command = place.start(args, place.env);
    let seen = 0;
    const look = (): void => {
      if (seen >= commits) command.signal('SIGKILL');
      seen += 1;
    };
    const stop = place.onCommit(look);
    if (commits === 0) look();
    const { code } = await command.ended;
    stop();
    story.push(`${args.join(' ')} ${code === null ? 'was killed' : `ended with ${code}`}`);
  });
}

/** A person lands the finished run, and again when that was killed. */
async function landTwice(
  { start, env }: Place,
  death: EngineDeath & { at: 'git' },
  story: string[],
): Promise<void> {
  const args = ['land', 'run-1', '--into', 'main'];
  const killed = await start(args, { ...env, CALLSHEET_TEST_KILL: `${death.nth}:${death.how}` }).ended;
  story.push(`land ${killed.code === null ? 'was killed' : `ended with ${killed.code}`}`);
  const again = await start(args, env).ended;
  story.push(`land ended with ${again.code} ${again.stderr}`);
}

/** Everything dies at once, and the sheet loses its last transactions. */
function powerCut({ processes, sheetFile }: Place, commits: number): number {
  for (let left = processes(); left.length > 0; left = processes()) left.forEach(kill);
  return cutCommits(sheetFile, commits);
}
