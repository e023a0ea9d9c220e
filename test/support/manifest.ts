import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every file, link and folder below these places, with mode and content as one line each: what must be the same
 * afterwards is compared as a whole.
 */
export function manifestOf(
  places: readonly string[],
  isLeftOut: (path: string) => boolean = () => false,
): string[] {
  return places.flatMap((place) => linesOf(place, isLeftOut)).sort();
}

function linesOf(path: string, isLeftOut: (path: string) => boolean): string[] {
  if (isLeftOut(path)) return [];
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [`${path} is not there`];
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isSymbolicLink()) return [`${path} ${mode} -> ${readlinkSync(path)}`];
  if (!stats.isDirectory()) return [`${path} ${mode} ${hashOf(path)}`];
  const inside = readdirSync(path).flatMap((name) => linesOf(join(path, name), isLeftOut));
  return [`${path}/ ${mode}`, ...inside];
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
}
