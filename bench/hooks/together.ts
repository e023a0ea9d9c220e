import { readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mean, median, quantile, rounded } from '../support/statistics.js';
import type { Place } from './place.js';
import { wordsOf, type Hook } from './words.js';

/** How a server answers many agents. */
export interface Together {
  agents: number;
  hooks: number;
  medianMs: number;
  p99Ms: number;
  /** Jain's index over the mean answer time of each agent: 1 when all wait alike. */
  jain: number;
}

interface Door {
  port: number;
  secret: string;
}

const SHARED_FILES = 5;

/**
 * Agents whose tool calls come at their time, whether or not the one before has been answered: each is asked about
 * before and after. Every second one is an edit of a file that others work on too. An answer is counted from when its
 * question was due.
 */
export async function measureTogether(
  place: Place,
  { agents, rate, seconds }: { agents: number; rate: number; seconds: number },
  signal: AbortSignal,
): Promise<Together> {
  const door = await doorOf(place);
  for (let file = 0; file < SHARED_FILES; file += 1)
    await writeFile(join(place.root, `${file}.txt`), 'one\n');
  for (let agent = 0; agent < agents; agent += 1) await ask(door, place, 'SessionStart', agent, 0);
  const times = Array.from({ length: agents }, () => [] as number[]);
  const begun = performance.now();
  const calls: Promise<void>[] = [];
  for (let call = 0; call < rate * seconds && !signal.aborted; call += 1) {
    const due = begun + (call * 1_000) / rate;
    await pause(Math.max(0, due - performance.now()));
    calls.push(oneCall(door, place, call % agents, call, due, times[call % agents] ?? []));
  }
  await Promise.all(calls);
  const all = times.flat();
  return {
    ...{ agents, hooks: all.length },
    medianMs: rounded(median(all)),
    p99Ms: rounded(quantile(all, 0.99)),
    jain: rounded(jainOf(times.filter((each) => each.length > 0).map(mean))),
  };
}

/** 1 when all have the same, 1/n when one has everything. */
export function jainOf(values: readonly number[]): number {
  const sum = values.reduce((total, each) => total + each, 0);
  const squares = values.reduce((total, each) => total + each * each, 0);
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
}

async function oneCall(
  door: Door,
  place: Place,
  agent: number,
  call: number,
  due: number,
  times: number[],
): Promise<void> {
  const isEdit = Math.floor(call / SHARED_FILES) % 2 === 0;
  const file = call % SHARED_FILES;
  const answer = await ask(door, place, isEdit ? 'PreToolUse(Edit)' : 'PreToolUse(Read)', agent, file);
  times.push(performance.now() - due);
  // What was let through is written, so that there is something to account for.
  if (isEdit && !answer.includes('"deny"'))
    await writeFile(join(place.root, `${file}.txt`), `one\n${call}\n`);
  const after = performance.now();
  await ask(door, place, 'PostToolBatch', agent, file);
  times.push(performance.now() - after);
}

async function doorOf({ sheetFolder }: Place): Promise<Door> {
  const [port = '', secret = ''] = (await readFile(join(sheetFolder, 'server'), 'utf8')).split('\n');
  return { port: Number(port), secret };
}

// Every hook is a connection of its own.
const ONE_EACH = new Agent({ keepAlive: false });

function ask(
  { port, secret }: Door,
  { root }: Place,
  hook: Hook,
  agent: number,
  file: number,
): Promise<string> {
  const words = wordsOf(hook, { root, session: `agent-${agent}`, file: `${file}.txt` });
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${secret}`, 'Content-Length': Buffer.byteLength(words) };
    const asked = request(
      { host: '127.0.0.1', port, path: '/hook/claude', method: 'POST', headers, agent: ONE_EACH },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`The server answered ${hook} with ${response.statusCode}.`));
        });
      },
    );
    asked.on('error', reject);
    asked.end(words);
  });
}
