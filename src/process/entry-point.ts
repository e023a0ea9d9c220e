import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CallsheetError } from '../error/index.js';

/**
 * The file of one of our own programs, such as `scripted-agent`: beside the bundle that asks or above it
 * (`dist/bench`), or in the project's `dist` when the source runs unbundled, as in tests.
 * @throws {CallsheetError} `NOT_BUILT` when it is not there.
 */
export function entryPoint(name: string): string {
  // esbuild replaces import.meta.dirname by __dirname in the CommonJS bundles.
  const here = import.meta.dirname;
  const folders = [here, dirname(here), join(dirname(dirname(here)), 'dist')];
  const places = folders.map((folder) => join(folder, `${name}.cjs`));
  const found = places.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new CallsheetError(
    'NOT_BUILT',
    `The program ${name} is missing: looked for ${places.join(' and ')}.`,
    {
      hint: 'Build it with: npm run build',
    },
  );
}
