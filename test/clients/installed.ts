import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
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

/** Tests with a real client: skipped with a word about it where the client is not installed, except in CI, where they fail. */
export function describeClient(name: ClientName, title: string, tests: () => void): void {
  if (process.env['CI'] || isInstalled(name)) return void describe(title, tests);
  console.warn(`SKIPPED: ${title}. ${name} ${versions[name].version} is not installed: npm run clients:install`);
  describe.skip(title, tests);
}

function isInstalled(name: ClientName): boolean {
  try {
    return programOf(name) !== '';
  } catch {
    return false;
  }
}
