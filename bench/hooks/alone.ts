import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLAUDE_HOOKS } from '../../src/client/claude.js';
import type { HookEntry } from '../../src/client/index.js';
import { median, quantile, rounded } from '../support/statistics.js';
import { CASES, sourceWith, type Case } from './cases.js';
import { plainEnvironment } from './environment.js';
import type { Place } from './place.js';
import { wordsOf, type Hook } from './words.js';

/** What one hook costs, in milliseconds: medians, and the 99th of a hundred. */
export interface Cost {
  /** Which hook, and when. */
  name: string;
  /** The floor: a hook that does nothing. */
  trueMs: number;
  nodeMs: number;
  serverMs: number;
  serverP99Ms: number;
  leanMs: number;
  leanP99Ms: number;
  /** The median of what each round says: it holds while the machine's speed drifts. */
  leanOverNode: number;
}

const FILE = 'a.txt';
let files = 0;
const WAYS = ['true', 'node', 'server', 'lean'] as const;
type Way = (typeof WAYS)[number];

/**
 * Runs each hook in every way, in turns and in changing order, as a client does: by the line in its settings. After each
 * its step ends, as in a session: no call is left that was not accounted for.
 */
export async function measureAlone(
  places: { served: Place; alone: Place },
  rounds: number,
  signal: AbortSignal,
): Promise<Cost[]> {
  const session = 'alone';
  for (const { root } of Object.values(places)) {
    await writeFile(join(root, FILE), sourceWith('one'));
    await timed(lineOf('SessionStart'), wordsOf('SessionStart', { root, session, file: FILE }), root);
  }
  const costs: Cost[] = [];
  for (const each of CASES) {
    const times: Record<Way, number[]> = { true: [], node: [], server: [], lean: [] };
    for (let round = 0; round < rounds && !signal.aborted; round += 1)
      for (let turn = 0; turn < WAYS.length; turn += 1) {
        const way = WAYS[(round + turn) % WAYS.length] ?? 'true';
        times[way].push(await once(way, each, places, session));
      }
    costs.push(costOf(each.name, times));
  }
  return costs;
}

async function once(
  way: Way,
  { hook, isOfNewFile = false, before }: Case,
  { served, alone }: { served: Place; alone: Place },
  session: string,
): Promise<number> {
  const { root } = way === 'lean' ? alone : served;
  const file = isOfNewFile ? `${(files += 1)}.txt` : FILE;
  if (isOfNewFile) await writeFile(join(root, file), `${sourceWith('one')}${file}\n`);
  const words = (asked: Hook): string => wordsOf(asked, { root, session, file });
  if (way === 'true') return timed('true', words(hook), root);
  if (way === 'node') return timed('exec "$0" -e 0', words(hook), root);
  const ask = (asked: Hook): Promise<number> => timed(lineOf(asked), words(asked), root);
  await before?.(join(root, file), ask);
  const ms = await ask(hook);
  await ask('PostToolBatch');
  return ms;
}

function costOf(name: string, times: Record<Way, number[]>): Cost {
  return {
    name,
    trueMs: rounded(median(times.true)),
    nodeMs: rounded(median(times.node)),
    serverMs: rounded(median(times.server)),
    serverP99Ms: rounded(quantile(times.server, 0.99)),
    leanMs: rounded(median(times.lean)),
    leanP99Ms: rounded(quantile(times.lean, 0.99)),
    leanOverNode: rounded(median(times.lean.map((ms, round) => ms / (times.node[round] ?? NaN)))),
  };
}

/** The line that init puts into a client's settings for a hook. */
function lineOf(hook: Hook): string {
  const [event, tool = ''] = hook.split(/[()]/);
  const isIts = (each: HookEntry): boolean =>
    each.event === event && (each.matcher ?? tool).split('|').includes(tool);
  return String(CLAUDE_HOOKS.find(isIts)?.handler['command']);
}

/**
 * How long a line takes in the client's shell, `$0` being Node.
 * @throws {Error} when it does not end with 0: then it is no measurement.
 */
async function timed(line: string, words: string, cwd: string): Promise<number> {
  const started = performance.now();
  const child = spawn('sh', ['-c', line, process.execPath], {
    cwd,
    env: { ...plainEnvironment(), CLAUDE_PROJECT_DIR: cwd },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => {
    // `true` reads nothing.
  });
  child.stdin.end(words);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const ms = performance.now() - started;
  if (code !== 0) throw new Error(`${line} ended with ${code}: ${said.trim()}`);
  return ms;
}
