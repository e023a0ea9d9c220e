import { join } from 'node:path';
import { CallsheetError } from '../../src/error/index.js';
import type { Repository } from '../../src/git/index.js';
import { pursue, recover, takeOver } from '../../src/supervisor/index.js';
import type { Site } from '../../src/workspace/index.js';
import { simulatedDriver } from './agent.js';
import { checkEnd } from './check-end.js';
import { ModelRules } from './git-rules.js';
import { beginSimulatedRun, proposalOf, simulatedOptions, type Ground } from './given-run.js';
import type { Life } from './life.js';
import { Machine, type Verdict } from './machine.js';
import { ModelRepository } from './model-repository.js';
import { Person } from './person.js';
import { Random } from './random.js';
import { randomScenario, type Scenario } from './random-plan.js';
import { Rules, type Row } from './rules.js';
import { givenSimulatedSheet, type SimulatedSheet } from './simulated-sheet.js';
import { VirtualTime } from './virtual-time.js';
import { pauseOf, type Hands, type World } from './world.js';

const SECOND = 1_000;
/** A run that is refused, or given up, before anything of it is in the sheet. */
const NOT_BEGUN = ['BASE_RED', 'BASE_UNPREPARED', 'INTERRUPTED'];
/** Engines that one schedule may need: after that many deaths the last one is left in peace. */
const MOST_DEATHS = 4;

export interface Told {
  /** How the run ended. */
  state: string;
  engines: number;
  steps: number;
  commits: number;
  /** The whole log, in the order of `seq`. */
  log: Row[];
}

/** What git is in a schedule. */
export interface Workplace {
  repository: Repository;
  hands: Hands;
  root: string;
  /** Absent where git is real: what it does is looked at in the end. */
  model?: ModelRepository;
  /** Real calls take real time, which virtual time waits for. */
  isReal: boolean;
}

/** Where a workplace is made. */
export interface Lot {
  sheet: SimulatedSheet;
  time: VirtualTime;
  scenario: Scenario;
  broke: (error: Error) => void;
}

export interface Wishes {
  /** Where work is done. Default: the model of git. */
  workplace?: (lot: Lot) => Promise<Workplace>;
  mostTasks?: number;
  /** Changes the world before anything happens in it: how the tests of the rules break one. */
  tamper?: (world: World) => void;
}

/** A schedule that broke a rule, with what is needed to see it again. */
class BrokenSchedule extends Error {
  override readonly name = 'BrokenSchedule';

  constructor(seed: number, cause: unknown, lastEvents: Row[]) {
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    const events = lastEvents.map(
      (each) =>
        `  ${String(each['seq'])} +${Number(each['at_ms']) - 1_800_000_000_000} ${String(each['type'])} ${String(each['task_id'] ?? '')} ${String(each['attempt'] ?? '')} ${String(each['data']).slice(0, 160)}`,
    );
    super(`seed ${seed} (again: TEST_SEED=${seed}): ${why}\nThe last events:\n${events.join('\n')}`);
  }
}

/** Plays one schedule from its seed, and checks every rule after each of its steps. */
export async function simulate(seed: number, wishes: Wishes = {}): Promise<Told> {
  const random = new Random(seed);
  const scenario = randomScenario(random.fork(), wishes.mostTasks);
  const time = new VirtualTime();
  const schedule = new Schedule(random, scenario, time, wishes);
  try {
    return await schedule.play();
  } catch (error) {
    throw new BrokenSchedule(seed, error, schedule.lastEvents());
  } finally {
    await schedule.close();
  }
}

class Schedule {
  private world: World | undefined;
  private readonly broken: Promise<never>;
  private breakOff: (error: Error) => void = () => undefined;
  private deaths = 0;
  private engines = 0;
  /** At which commit the power goes, and how many of the last ones go with it. */
  private cut: { at: number; lost: number } | undefined;
  private powerIsOut = false;
  private stopEngine: () => void = () => undefined;

  constructor(
    private readonly random: Random,
    private readonly scenario: Scenario,
    private readonly time: VirtualTime,
    private readonly wishes: Wishes,
  ) {
    this.broken = new Promise((_, reject) => (this.breakOff = reject));
    this.broken.catch(() => undefined);
  }

  async play(): Promise<Told> {
    const world = await this.build();
    this.world = world;
    this.wishes.tamper?.(world);
    let person = this.meet(world);
    const { time } = this;
    const run = async (): Promise<string> => {
      for (let end = await this.work(world); ; end = await this.work(world)) {
        if (end === 'finished' || end === 'refused') return end;
        if (end === 'died') {
          if (this.powerIsOut) {
            await this.restore(world);
            person = this.meet(world);
          }
          await time.sleep(this.random.from(SECOND, 200 * SECOND));
        } else if (this.engines > 12 || (end !== 'stopped' && this.random.is(0.4))) {
          if (end !== 'stopped') return end;
        } else {
          await time.sleep(this.random.from(SECOND, 600 * SECOND));
          await Promise.race([person.clearUp(), time.sleep(600 * SECOND)]);
        }
      }
    };
    const state = await time.until(Promise.race([run(), this.broken]));
    // The person is still there, and time would run away from a look at a real repository.
    const look = time.whileReal(checkEnd(world, person));
    await time.until(Promise.race([look, this.broken]));
    const { steps } = time;
    return { state, engines: this.engines, steps, commits: world.rules.commits, log: world.rules.log() };
  }

  lastEvents(): Row[] {
    return this.world?.rules.log().slice(-25) ?? [];
  }

  async close(): Promise<void> {
    this.world?.machine.losePower();
    this.world?.rules.close();
    await this.world?.sheet.remove();
  }

  private async build(): Promise<World> {
    const { time, scenario } = this;
    const chanceFrom = this.random.fork();
    const token = (): string =>
      Array.from({ length: 32 }, () => chanceFrom.from(0, 15).toString(16)).join('');
    const chance = { unit: () => chanceFrom.next(), token };
    const sheet = await givenSimulatedSheet(time, chance, () => this.onCommit());
    const { workplace = modelWorkplace } = this.wishes;
    const broke = (error: Error): void => this.breakOff(error);
    const place = await workplace({ sheet, time, scenario, broke });
    const { repository, hands, root, model } = place;
    const judging = this.random.fork();
    const machine = new Machine(time, (command, cwd) =>
      judge(scenario, judging, command, hands.filesIn(cwd)),
    );
    const reopened = new Map<string, number>();
    const facts = {
      intentOf: (commit: string) => world.rules.landings().find((each) => each.commit === commit),
      isProved: (tree: string) => world.rules.isProved(tree),
      reopened: (taskId: string) => reopened.get(taskId) ?? 0,
    };
    const gitRules = model === undefined ? undefined : new ModelRules(model, facts, broke);
    if (model !== undefined) model.watcher = gitRules;
    const world: World = {
      ...{ time, machine, sheet, repository, hands, root, scenario, reopened, broke },
      rules: new Rules(sheet.file, gitRules, broke),
      atWork: new Set(),
      random: this.random,
      isReal: place.isReal,
    };
    return world;
  }

  private meet(world: World): Person {
    const person = new Person(world, this.random.fork());
    void person.interfere({ stop: () => this.stopEngine() });
    void person.answerNowAndThen();
    return person;
  }

  /** One engine from its start to its end, or to its death. */
  private async work(world: World): Promise<string> {
    this.engines += 1;
    const life = world.machine.start();
    this.doom(world, life);
    const abort = new AbortController();
    this.stopEngine = () => abort.abort();
    const ending = this.engine(world, life, abort.signal).catch((error: unknown) => {
      // What a dying machine says is not heard.
      if (!life.isAlive) return 'died';
      if (error instanceof CallsheetError && NOT_BEGUN.includes(error.code)) return 'refused';
      throw error;
    });
    const end = await Promise.race([ending, life.died]);
    if (end !== 'died') {
      world.rules.afterEngine();
      life.die();
    }
    return end;
  }

  private async engine(world: World, life: Life, signal: AbortSignal): Promise<string> {
    const ground: Ground = {
      ...{ sheet: world.sheet, machine: world.machine, life },
      repository: this.asSeenBy(world, life),
    };
    const site = await this.siteOf(world, ground, signal);
    const driver = simulatedDriver(world, this.random.fork());
    const end = await pursue({ site, driver, commandFolder: world.sheet.folder }, { signal });
    return end.state;
  }

  /** A new run, or the one that an engine before has left, as `resume` takes it up. */
  private async siteOf(world: World, ground: Ground, signal: AbortSignal): Promise<Site> {
    const { life } = ground;
    const known = world.rules.run();
    if (known === undefined) {
      const options = simulatedOptions(world.sheet.folder, this.scenario.options);
      return beginSimulatedRun(ground, proposalOf(this.scenario.tasks, options), signal);
    }
    const processes = world.machine.seenBy(life);
    const store = life.store(world.sheet.store);
    const run = await takeOver(store, String(known['id']), {}, processes);
    const sheetFolder = join(world.root, '.git', 'callsheet');
    const site: Site = { store, repository: ground.repository, run, sheetFolder, env: {}, processes };
    await recover(site);
    return site;
  }

  private asSeenBy(world: World, life: Life): Repository {
    const pace = this.random.fork();
    const hurried = pace.is(0.3);
    const pause = (): Promise<void> | undefined =>
      hurried || !pace.is(0.3) ? undefined : pauseOf(life, pace.from(1, 400));
    const hold = world.isReal ? world.time.whileReal.bind(world.time) : undefined;
    return life.repository(world.repository, pause, hold);
  }

  private doom(world: World, life: Life): void {
    const { random } = this;
    if (this.deaths >= MOST_DEATHS || !random.is(0.45)) return;
    this.deaths += 1;
    const kind = random.weighted({ commit: 4, git: 4, moment: 2, power: 4 });
    if (kind === 'moment') {
      this.time.after(random.from(1, 40 * 60 * SECOND), () => life.die());
    } else if (kind === 'power') {
      const within = random.from(2, 250);
      this.cut = { at: world.rules.commits + within, lost: Math.min(random.from(1, 15), within - 1) };
    } else {
      life.dieAt(kind, random.from(1, kind === 'git' ? 150 : 120), random.is(0.5));
    }
  }

  private onCommit(): void {
    const { world, cut } = this;
    if (world === undefined) return;
    world.rules.afterCommit();
    if (cut === undefined) return;
    const { commits } = world.rules;
    if (commits === cut.at - cut.lost) world.sheet.copy();
    if (commits !== cut.at || world.rules.run() === undefined) return;
    this.powerIsOut = world.sheet.hasCopy();
    this.cut = undefined;
    if (this.powerIsOut) world.machine.losePower();
  }

  private async restore(world: World): Promise<void> {
    this.powerIsOut = false;
    await world.sheet.restore();
    world.rules.goBack();
  }
}

async function modelWorkplace({ sheet, time, scenario: { base } }: Lot): Promise<Workplace> {
  const root = join(sheet.folder, 'repo');
  const model = new ModelRepository(root, join(root, '.git'), () => time.now(), base);
  return { repository: model, hands: model, root, model, isReal: false };
}

/** What a command comes to on these files: red where somebody broke something, or two pieces of work clash. */
function judge(
  { clash, flaky }: Scenario,
  random: Random,
  command: string,
  files: ReadonlyMap<string, string>,
): Verdict {
  const ms = random.is(0.02) ? 10 * 60 * SECOND : random.from(SECOND, 90 * SECOND);
  if (command === 'install') return { exitCode: random.is(0.02) ? 1 : 0, ms };
  const text = [...files.values()].join('\n');
  const clashes =
    clash !== undefined && clash[0] !== clash[1] && clash.every((id) => text.includes(`${id} `));
  const isRed = text.includes('broken') || clashes || random.is(flaky);
  return { exitCode: isRed ? 1 : 0, ms };
}
