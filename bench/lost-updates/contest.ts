import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HookPlace } from '../../src/hook/index.js';
import { openSheet, type Sheet } from '../../src/sheet/index.js';
import { randomFrom } from '../../test/support/seeds.js';
import { git } from '../support/git.js';
import { Agent } from './agent.js';
import { countFates, type Fates } from './count.js';
import { Session } from './session.js';

/** Without callsheet, or with it and this policy; the last with commands that name the file they write only when they run. */
export const MODES = ['without', 'cowboy', 'warn', 'guard', 'lock', 'guard, hidden commands'] as const;
export type Mode = (typeof MODES)[number];

export interface Contest {
  agents: number;
  cycles: number;
  files: number;
  seed: number;
}

/** What became of the edits of one round in one mode. */
export interface Round extends Fates {
  mode: Mode;
  /** Edits that were made. */
  made: number;
  /** Edits that were given up. */
  givenUp: number;
  /** Calls that were refused. */
  refused: number;
  ms: number;
}

const LINES = Array.from({ length: 30 }, (_, at) => `line ${at + 1}\n`).join('');

/** Has agents work on the same files of a new repository, and counts what is left of what they did. */
export async function hold(
  folder: string,
  mode: Mode,
  { agents: many, cycles, files: count, seed }: Contest,
  signal: AbortSignal,
): Promise<Round> {
  const root = join(folder, `mode-${MODES.indexOf(mode)}-${seed}`);
  const files = Array.from({ length: count }, (_, at) => `shared-${at + 1}.txt`);
  await makeRepository(root, files, mode);
  try {
    await using sheet = mode === 'without' ? undefined : await openSheet(root, { env: {} });
    const place = sheet === undefined ? undefined : placeOf(sheet);
    const desk = {
      root,
      files,
      random: randomFrom(seed),
      isHidden: mode.endsWith('hidden commands'),
      signal,
    };
    const agents = Array.from(
      { length: many },
      (_, at) => new Agent(at + 1, new Session(place, root, `session-${at + 1}`), desk),
    );
    const started = performance.now();
    await Promise.all(agents.map((agent) => agent.run(cycles)));
    const ms = performance.now() - started;
    // Whoever ended first is told at its next step of what the others did after.
    for (const agent of agents) await agent.nextTurn();
    const sum = (of: (agent: Agent) => number) => agents.reduce((total, agent) => total + of(agent), 0);
    return {
      ...{ mode, ms },
      made: sum(({ work }) => work.edits.length),
      givenUp: sum(({ work }) => work.givenUp),
      refused: sum(({ work }) => work.refused),
      ...(await countFates(root, agents, sheet)),
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function makeRepository(root: string, files: readonly string[], mode: Mode): Promise<void> {
  await mkdir(root, { recursive: true });
  await git(root, 'init', '--quiet', '--initial-branch=main');
  for (const file of files) await writeFile(join(root, file), LINES);
  if (mode !== 'without')
    await writeFile(join(root, 'callsheet.config.yaml'), `guard: ${mode.split(',')[0]}\n`);
}

function placeOf({ store, folder, commonDir }: Sheet): HookPlace {
  return { guard: { store, sheetFolder: folder, commonDir } };
}
