import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import versions from './versions.json' with { type: 'json' };

export type ClientName = keyof typeof versions;

// Now, because a test puts another home in the place of this one.
const CACHE = process.env['CALLSHEET_CLIENTS'] ?? join(homedir(), '.cache/callsheet-clients');

/** Where `npm run clients:install` puts a client's own program. */
export function programOf(name: ClientName): string {
  const program = join(CACHE, `${name}-${versions[name].version}`, 'program');
  if (!existsSync(program)) throw new Error(`${program} is not there. Run: npm run clients:install`);
  return realpathSync(program);
}

/**
 * Tests with a real client. Where what they need is not installed they are skipped with a word about it, which CI does
 * not accept: `.ci/run` installs it, and refuses a run of the tests that has skipped any.
 * @param needs Says that they use the client in a terminal.
 */
export function describeClient(
  name: ClientName,
  title: string,
  tests: () => void,
  needs: { terminal?: boolean } = {},
): void {
  const lacking = whatLacks(name, needs.terminal ?? false);
  if (lacking === undefined) return void describe(title, tests);
  console.warn(`SKIPPED: ${title}. ${lacking}`);
  describe.skip(title, tests);
}

function whatLacks(name: ClientName, inTerminal: boolean): string | undefined {
  if (inTerminal && spawnSync('tmux', ['-V']).status !== 0) return 'tmux is not installed';
  try {
    programOf(name);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Real clients take seconds to start: of their tests `npm test` runs some, `npm run test:clients` all. */
export const RUNS_ALL = process.env['TEST_CLIENTS'] === 'all';

/** A test that only `npm run test:clients` runs. */
export function slowTest(title: string, body: () => Promise<void>): void {
  if (RUNS_ALL) test(title, body);
}
