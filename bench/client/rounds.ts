import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSheet } from '../../src/sheet/index.js';
import { numberOf, sql } from '../../src/store/index.js';
import { scriptedModel, type ScriptedModel } from '../../test/clients/model.js';
import type { Script, ToolCall } from '../../test/clients/script.js';
import { makePlace, startServer } from '../hooks/place.js';
import { median, rounded } from '../support/statistics.js';
import { runSession, WAYS, type Way } from './session.js';

export const TOOLS = ['Read', 'Edit'] as const;
export type Tool = (typeof TOOLS)[number];

/** What a tool call takes, from one question of the client to its model to the next, in milliseconds: medians. */
export interface Added {
  tool: Tool;
  way: Exclude<Way, 'true'>;
  calls: number;
  /** With hooks that do nothing on the same events. */
  trueMs: number;
  ms: number;
  /** Of the differences between the same call of the same round in this way and with those. */
  addedMs: number;
}

type Times = Record<Way, Record<Tool, number[]>>;

/** Each round has a session in each way, in changing order, with the same calls: reads, then edits, one a step. */
export async function measureRounds(
  folder: string,
  { rounds, calls }: { rounds: number; calls: number },
  signal: AbortSignal,
): Promise<Added[]> {
  const place = await makePlace(folder, 'repo');
  const endServer = await startServer(place);
  await using model = await scriptedModel();
  const none = (): Record<Tool, number[]> => ({ Read: [], Edit: [] });
  const times: Times = { true: none(), command: none(), http: none(), beside: none() };
  try {
    for (let round = 0; round < rounds && !signal.aborted; round += 1)
      for (let turn = 0; turn < WAYS.length; turn += 1) {
        const way = WAYS[(round + turn) % WAYS.length] ?? 'true';
        await writeFiles(place.root, calls);
        const before = await writesIn(place.root);
        const stamps = await playedBy(model, place.root, calls, `${way}-${round}`, (script) =>
          runSession(way, script, { place, home: join(folder, 'home'), model }),
        );
        for (const [at, tool] of [...TOOLS.entries()])
          times[way][tool].push(...gapsOf(stamps.slice(at * calls, (at + 1) * calls + 1)));
        const written = (await writesIn(place.root)) - before;
        if (way !== 'true' && written !== calls)
          throw new Error(`${written} of ${calls} edits were seen (${way}): that is no measurement.`);
      }
  } finally {
    await endServer();
  }
  return TOOLS.flatMap((tool) =>
    (['command', 'http', 'beside'] as const).map((way) => addedBy(times, tool, way)),
  );
}

function addedBy(times: Times, tool: Tool, way: Exclude<Way, 'true'>): Added {
  const [floor, own] = [times.true[tool], times[way][tool]];
  const added = own.map((ms, at) => ms - (floor[at] ?? 0));
  return {
    ...{ tool, way, calls: own.length },
    ...{ trueMs: rounded(median(floor)), ms: rounded(median(own)), addedMs: rounded(median(added)) },
  };
}

/** When the client asked its model, turn by turn, while a session played a script. */
async function playedBy(
  model: ScriptedModel,
  root: string,
  calls: number,
  name: string,
  run: (script: string) => Promise<void>,
): Promise<number[]> {
  const stamps: number[] = [];
  const script: Script = [...toolCalls(root, calls), undefined].map((call) => () => {
    stamps.push(performance.now());
    return call === undefined ? { text: 'Done.' } : { tools: [call] };
  });
  model.learn({ [name]: script });
  await run(name);
  if (stamps.length !== 2 * calls + 1) throw new Error(`The client asked ${stamps.length} times.`);
  const failed = model.log.filter((asked) => asked.script === name).flatMap((asked) => asked.results);
  const mistake = failed.find(({ isError }) => isError);
  if (mistake !== undefined) throw new Error(`${mistake.tool} failed: ${mistake.text}`);
  return stamps;
}

function toolCalls(root: string, calls: number): ToolCall[] {
  const each = <T>(make: (at: number) => T): T[] => Array.from({ length: calls }, (_, at) => make(at));
  return [
    ...each((at) => ({ name: 'Read', input: { file_path: join(root, `${at}.txt`) } })),
    ...each((at) => ({
      name: 'Edit',
      input: { file_path: join(root, `${at}.txt`), old_string: 'one', new_string: 'ONE' },
    })),
  ];
}

async function writeFiles(root: string, calls: number): Promise<void> {
  for (let at = 0; at < calls; at += 1) await writeFile(join(root, `${at}.txt`), 'one\ntwo\n');
}

async function writesIn(root: string): Promise<number> {
  await using sheet = await openSheet(root, { env: {} });
  const [row] = await sheet.store.all(sql`select count(*) as n from write where agent_id is not null`);
  return row === undefined ? 0 : numberOf(row, 'n');
}

function gapsOf(stamps: readonly number[]): number[] {
  return stamps.slice(1).map((stamp, at) => stamp - (stamps[at] ?? stamp));
}
