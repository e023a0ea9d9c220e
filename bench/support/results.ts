import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { say } from './program.js';

// The bundle lies in dist/bench.
export const PROJECT = resolve(import.meta.dirname, '../..');

/** Writes `bench/results/NAME.md` for people and `NAME.json` for programs. */
export async function saveResult(name: string, page: string, result: unknown): Promise<void> {
  const folder = join(PROJECT, 'bench/results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.md`), page);
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, null, 1)}\n`);
  say(`Saved in bench/results/${name}.md and .json`);
}
