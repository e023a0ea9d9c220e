import { randomFrom } from '../support/seeds.js';
import type { PlannedTask } from '../run/given-project.js';

/** How an engine dies: at the n-th event that it shows, the n-th commit of the sheet, or around its n-th call of git. */
export type EngineDeath =
  | { at: 'event' | 'commit'; nth: number }
  | { at: 'git'; nth: number; how: 'before' | 'during' | 'after' | 'hang' };

/** Something else that is killed while the run goes on; `place` is where it is waited for, as `TASK.STEP` or `gate.N`. */
export interface Strike {
  what: 'worker' | 'gate' | 'command';
  place: string;
  /** All of its process group, or only the process that leads it. */
  whom: 'group' | 'leader';
}

/** A command of a person that is killed at the n-th commit of the sheet after its start, or at once. */
export interface PersonsCommand {
  args: string[];
  /** The engine's n-th event, at which it is given. */
  afterEvents: number;
  commits: number;
}

export interface Scenario {
  tasks: PlannedTask[];
  /** What the agent of a task does besides writing, as `agent.sh` understands it. */
  does: Map<string, string[]>;
  workers: number;
  /** The first engine dies of the first, the one that resumes of the second, and so on; the last one lives. */
  deaths: EngineDeath[];
  /** How many of the sheet's last transactions the death of this engine takes with it, by its index. */
  powerCuts: Map<number, number>;
  strikes: Strike[];
  person: PersonsCommand[];
  /** The finished run is landed by a command that dies at this call of git. */
  landDeath: (EngineDeath & { at: 'git' }) | undefined;
}

const TASKS = 12;
const STEPS = ['begun', 'edited', 'later', 'commit'];
const COMMANDS = ['progress', 'checkpoint', 'complete'];

/** What each seed is about; the first eight cover everything that can be killed. */
const THEMES = ['event', 'git', 'worker', 'gate', 'command', 'person', 'cut', 'cut-commit'] as const;

/** A run and what is killed in it, the same for the same seed. */
export function scenarioOf(seed: number): Scenario {
  const dice = diceFrom(seed);
  const theme = THEMES[seed % THEMES.length] ?? 'event';
  const { tasks, does } = plannedTasks(dice);
  const scenario: Scenario = {
    tasks,
    does,
    workers: 3 + dice.below(2),
    deaths: [],
    powerCuts: new Map(),
    strikes: [],
    person: [],
    landDeath: undefined,
  };
  addTheme(scenario, theme, dice);
  for (let more = dice.below(3); more > 0; more -= 1) addTheme(scenario, dice.of(THEMES), dice);
  return scenario;
}

type Dice = ReturnType<typeof diceFrom>;

function diceFrom(seed: number) {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    chance: (probability: number): boolean => random() < probability,
    of<T>(choices: readonly T[]): T {
      const choice = choices[below(choices.length)];
      if (choice === undefined) throw new Error('nothing to choose from');
      return choice;
    },
  };
}

/** How many of the tasks do what besides writing; each command costs as much as all the rest of an attempt. */
const HABITS = {
  one: 0.3,
  two: 0.15,
  commit: 0.35,
  away: 0.1,
  progress: 0.06,
  checkpoint: 0.06,
  complete: 0.08,
};

function plannedTasks(dice: Dice): Pick<Scenario, 'tasks' | 'does'> {
  const tasks: PlannedTask[] = [];
  const does = new Map<string, string[]>();
  for (let number = 1; number <= TASKS; number += 1) {
    const earlier = tasks.map((task) => task.id);
    const after = earlier.length > 0 && dice.chance(0.5) ? [dice.of(earlier)] : [];
    if (after.length > 0 && dice.chance(0.3)) after.push(dice.of(earlier));
    const id = `t${String(number).padStart(2, '0')}`;
    tasks.push({ id, after: [...new Set(after)], attempts: 12 });
    const chosen = Object.entries(HABITS).filter(([, probability]) => dice.chance(probability));
    does.set(
      id,
      chosen.map(([habit]) => habit),
    );
  }
  return { tasks, does };
}

function addTheme(scenario: Scenario, theme: (typeof THEMES)[number], dice: Dice): void {
  switch (theme) {
    case 'event':
    case 'cut':
      return addDeath(scenario, { at: 'event', nth: 3 + dice.below(110) }, theme === 'cut', dice);
    case 'cut-commit':
      return addDeath(scenario, { at: 'commit', nth: 10 + dice.below(80) }, true, dice);
    case 'git': {
      const how = dice.of(['before', 'during', 'after', 'hang'] as const);
      // An engine that takes over makes few calls before it is at work: it shall die among these, too. What looks at
      // the repository before there is a run would hang for ever, but for nobody.
      const isFirst = scenario.deaths.length === 0;
      const nth = isFirst ? 30 + dice.below(230) : 1 + dice.below(40);
      return addDeath(scenario, { at: 'git', nth, how }, false, dice);
    }
    case 'worker':
      return addWorkerStrike(scenario, dice);
    case 'gate':
      scenario.strikes.push({ what: 'gate', place: `gate.${2 + dice.below(6)}`, whom: whom(dice) });
      return;
    case 'command':
      return addCommandStrike(scenario, dice);
    case 'person':
      return addPerson(scenario, dice);
  }
}

function addDeath(scenario: Scenario, death: EngineDeath, isCut: boolean, dice: Dice): void {
  if (isCut) scenario.powerCuts.set(scenario.deaths.length, 1 + dice.below(25));
  scenario.deaths.push(death);
}

function addWorkerStrike(scenario: Scenario, dice: Dice): void {
  const { id } = dice.of(scenario.tasks);
  const step = dice.of(STEPS);
  if (step === 'commit') scenario.does.set(id, [...new Set([...(scenario.does.get(id) ?? []), 'commit'])]);
  scenario.strikes.push({ what: 'worker', place: `${id}.${step}`, whom: whom(dice) });
  // While one worker hangs: its engine dies as well, and the next one finds it.
  if (dice.chance(0.3)) addDeath(scenario, { at: 'event', nth: 20 + dice.below(60) }, false, dice);
}

function addCommandStrike(scenario: Scenario, dice: Dice): void {
  const { id } = dice.of(scenario.tasks);
  const command = dice.of(COMMANDS);
  scenario.does.set(id, [...new Set([...(scenario.does.get(id) ?? []), command])]);
  scenario.strikes.push({ what: 'command', place: `${id}.${command}`, whom: 'leader' });
}

function addPerson(scenario: Scenario, dice: Dice): void {
  const args = dice.of([['status'], ['stop'], ['undo'], ['land', '--into', 'main']]);
  if (args[0] === 'land') {
    const how = dice.of(['before', 'during', 'after'] as const);
    scenario.landDeath = { at: 'git', nth: 1 + dice.below(12), how };
    return;
  }
  scenario.person.push({ args, afterEvents: 5 + dice.below(60), commits: dice.below(4) });
}

function whom(dice: Dice): Strike['whom'] {
  return dice.of(['group', 'leader'] as const);
}

/** One line for a person who wants to know what a seed does. */
export function described({ deaths, powerCuts, strikes, person, landDeath, workers }: Scenario): string {
  const death = (each: EngineDeath): string =>
    each.at === 'git' ? `${each.how} call ${each.nth} of git` : `at ${each.at} ${each.nth}`;
  return [
    `${workers} workers`,
    ...deaths.map((each, index) => {
      const cut = powerCuts.get(index);
      return `engine dies ${death(each)}${cut === undefined ? '' : `, with ${cut} transactions`}`;
    }),
    ...strikes.map(({ what, place, whom: hit }) => `${what} ${place} (${hit})`),
    ...person.map(
      ({ args, afterEvents, commits }) =>
        `${args.join(' ')} after ${afterEvents} events, killed ${commits} commits later`,
    ),
    ...(landDeath === undefined ? [] : [`land dies ${death(landDeath)}`]),
  ].join('; ');
}
