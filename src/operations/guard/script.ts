import { dirname, join } from 'node:path';
import { fullPath, readPlace, type FilePlace } from '../../client/index.js';
import { hookScript } from '../../hook/index.js';
import { entryPoint } from '../../process/index.js';
import type { Change } from './change.js';

const MODE = 0o755;

/** Where the script lies that the clients' settings start. */
export function scriptPlace(folder: string): FilePlace {
  return { base: folder, path: 'hook' };
}

/** The script as this version and this Node want it. */
function wantedScript(): Buffer {
  const entry = join(dirname(entryPoint('callsheet-main')), 'hook.cjs');
  return Buffer.from(hookScript({ node: process.execPath, entry }));
}

export function puttingScript(folder: string): Change {
  const place = scriptPlace(folder);
  const { bytes, mode } = readPlace(place);
  return { place, before: bytes, after: wantedScript(), modeBefore: mode, mode: MODE };
}

export function takingScript(folder: string): Change {
  const place = scriptPlace(folder);
  const { bytes, mode } = readPlace(place);
  return { place, before: bytes, after: undefined, modeBefore: mode, mode };
}

/** Whether the script is there as this version wants it. */
export function stateOfScript(folder: string): { state: 'none' | 'current' | 'old'; path: string } {
  const place = scriptPlace(folder);
  const { bytes, mode } = readPlace(place);
  const isCurrent = bytes?.equals(wantedScript()) === true && (mode & 0o100) !== 0;
  return { state: bytes === undefined ? 'none' : isCurrent ? 'current' : 'old', path: fullPath(place) };
}
