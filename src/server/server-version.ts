import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of this callsheet: its manifest lies above the bundle and above the source. */
export function serverVersion(folder: string = import.meta.dirname): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return dirname(folder) === folder ? 'unknown' : serverVersion(dirname(folder));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
