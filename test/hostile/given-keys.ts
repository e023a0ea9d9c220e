import type { HostilePlace } from './given-hostile-place.js';
import { KEYS, type KeyRow } from './keys.js';

export interface Mistake {
  file: string;
  line: number;
  code: string;
  message: string;
  instead: string;
}

/**
 * What is said of each row. Many are told at once, a row on each line: the mistakes of a file are all reported, and
 * each has its line.
 */
export async function mistakesOf(place: HostilePlace): Promise<Map<KeyRow, Mistake[]>> {
  const said = new Map<KeyRow, Mistake[]>();
  for (const batch of batchesOf(KEYS.filter(([where]) => where !== 'task'))) await say(place, batch, said);
  await say(
    place,
    KEYS.filter(([where]) => where === 'task'),
    said,
  );
  return said;
}

/** No key twice in a file, and no plan with a configuration. */
function batchesOf(rows: readonly KeyRow[]): KeyRow[][] {
  const batches: KeyRow[][] = [];
  for (const row of rows) {
    const fits = batches.find((batch) => batch.every(([where, key]) => where === row[0] && key !== row[1]));
    if (fits === undefined) batches.push([row]);
    else fits.push(row);
  }
  return batches;
}

async function say(
  place: HostilePlace,
  rows: readonly KeyRow[],
  said: Map<KeyRow, Mistake[]>,
): Promise<void> {
  const [where] = rows[0] ?? ['plan'];
  const lines = rows.map((row) => (where === 'task' ? taskLine(row) : `${row[1]}: ${row[2]}`));
  const hasTasks = where === 'config' || rows.some(([, key]) => key === 'tasks');
  const text = [
    ...(where === 'task' ? ['tasks:'] : []),
    ...lines,
    ...(where === 'plan' && !hasTasks ? ['tasks: [{id: a, spec: Do it.}]'] : []),
  ];
  await place.renew(where === 'config' ? { config: text.join('\n') } : { plan: text.join('\n') });
  const before = place.manifest();
  const args = ['run', '--json', '--plan', '../plan.yaml', '--agent', 'command:touch {canary}', '--yes'];
  const { stderr } = await place.call(args.map(place.fill));
  if (before.join('\n') !== place.manifest().join('\n')) throw new Error('It changed something.');
  const { error } = JSON.parse(stderr) as { error: { code: string; data: Mistake[] } };
  if (error.code !== (where === 'config' ? 'CONFIG_INVALID' : 'PLAN_INVALID')) throw new Error(stderr);
  const first = where === 'task' ? 2 : 1;
  for (const [at, row] of rows.entries())
    said.set(
      row,
      error.data.filter(({ line }) => line === at + first),
    );
}

function taskLine([, key, value]: KeyRow): string {
  const own = [
    ...(key === 'id' ? [] : ['id: own']),
    ...(key === 'spec' ? [] : ['spec: Do it.']),
    `${key}: ${value}`,
  ];
  return `- {${own.join(', ')}}`.replace('id: own', () => `id: t${taskNumber()}`);
}

let tasks = 0;
function taskNumber(): number {
  tasks += 1;
  return tasks;
}
