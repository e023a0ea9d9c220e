import { dirname } from 'node:path';
import { CallsheetError } from '../../src/error/index.js';
import type { Repository } from '../../src/git/index.js';
import { invoke, openContext, OPERATIONS, type RawInput } from '../../src/operations/index.js';
import type { Files } from './model-history.js';
import type { Life } from './life.js';
import type { Machine } from './machine.js';
import type { Random } from './random.js';
import type { Scenario } from './random-plan.js';
import type { AtWork, Rules } from './rules.js';
import type { SimulatedSheet } from './simulated-sheet.js';
import type { VirtualTime } from './virtual-time.js';

/** What agents and people do to the files of a checkout. */
export interface Hands {
  filesIn(path: string): Files;
  write(path: string, file: string, content: string | null): void;
  commitIn(path: string, message: string): string | undefined;
}

/** Everything that one schedule happens in. */
export interface World {
  time: VirtualTime;
  machine: Machine;
  sheet: SimulatedSheet;
  repository: Repository;
  hands: Hands;
  root: string;
  scenario: Scenario;
  rules: Rules;
  /** Who works now. */
  atWork: Set<AtWork>;
  /** What a person has opened again although it was done, by task. */
  reopened: Map<string, number>;
  random: Random;
  /** git is real: its calls take real time. */
  isReal: boolean;
  /** Ends the schedule: a rule did not hold, or something that may not happen happened. */
  broke: (error: Error) => void;
}

/** Who asks for an operation. */
export interface Caller {
  life: Life;
  /** A person, by name. */
  as?: string;
  /** A session, by what its environment says. */
  env?: Record<string, string>;
}

export type Answer = { ok: true; output: unknown } | { ok: false; code: string };

/** Asks for an operation as the command line would. A refusal is an answer; anything else breaks the schedule. */
export async function ask(world: World, caller: Caller, name: string, raw: RawInput): Promise<Answer> {
  const { life, as, env = {} } = caller;
  const { sheet, root, repository } = world;
  const operation = OPERATIONS.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`There is no operation ${name}`);
  try {
    const context = await openContext({
      sheet: {
        store: life.store(sheet.store),
        file: sheet.file,
        folder: dirname(sheet.file),
        commonDir: repository.commonDir,
        root,
        [Symbol.asyncDispose]: async () => undefined,
      },
      pid: life.identity.pid,
      cwd: root,
      env,
      output: 'json',
      say: () => undefined,
      emit: () => undefined,
      signal: new AbortController().signal,
      ...(as === undefined ? {} : { as }),
    });
    const mortal = life.repository(repository, () => undefined, world.time.whileReal.bind(world.time));
    return { ok: true, output: await invoke(operation, { ...context, repository: async () => mortal }, raw) };
  } catch (error) {
    if (error instanceof CallsheetError) return { ok: false, code: error.code };
    world.broke(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

export function pauseOf(life: Life, ms: number): Promise<void> {
  const clock = life.clock();
  return new Promise((resolve) => clock.after(ms, resolve));
}
