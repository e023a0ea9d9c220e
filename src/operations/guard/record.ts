import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readPlace, replacePlace, type FilePlace } from '../../client/index.js';

/** What `init` remembers of a file that it changed, in `<sheet folder>/init/`. */
export interface InitRecord {
  path: string;
  /** As it was before; undefined when there was no file. */
  before: Buffer | undefined;
  mode: number;
  /** Hash of what init left. */
  after: string;
  /** Folders that were made for it, outermost first. */
  folders: readonly string[];
}

// What is in a person's settings is nobody else's business.
const OWN_MODE = 0o600;

export function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Undefined where init has changed nothing, or where it cannot be told any more. */
export function readRecord(folder: string, path: string): InitRecord | undefined {
  return recordIn(folder, nameOf(path));
}

/** Of all files that init has changed, in whatever checkout of the repository, in the order of their paths. */
export function allRecords(folder: string): InitRecord[] {
  const inside = join(folder, 'init');
  const names = existsSync(inside) ? readdirSync(inside) : [];
  return names
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => recordIn(folder, name.slice(0, -'.json'.length)) ?? [])
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

export async function writeRecord(folder: string, record: InitRecord): Promise<void> {
  const { path, before, mode, after, folders } = record;
  const name = nameOf(path);
  if (before !== undefined) await replacePlace(placeOf(folder, `${name}.before`), before, OWN_MODE);
  const text = JSON.stringify({ version: 1, path, mode, after, folders, existed: before !== undefined });
  await replacePlace(placeOf(folder, `${name}.json`), Buffer.from(`${text}\n`), OWN_MODE);
}

export function dropRecord(folder: string, path: string): void {
  for (const end of ['json', 'before'])
    rmSync(join(folder, 'init', `${nameOf(path)}.${end}`), { force: true });
}

const nameOf = (path: string): string => hashOf(Buffer.from(path)).slice(0, 16);
const placeOf = (folder: string, name: string): FilePlace => ({ base: folder, path: `init/${name}` });

function recordIn(folder: string, name: string): InitRecord | undefined {
  const { bytes } = readPlace(placeOf(folder, `${name}.json`));
  const said = bytes === undefined ? undefined : parsed(bytes.toString('utf8'));
  if (said === undefined) return undefined;
  const { existed, ...rest } = said;
  const before = existed ? readPlace(placeOf(folder, `${name}.before`)).bytes : undefined;
  return existed && before === undefined ? undefined : { ...rest, before };
}

function parsed(text: string): (Omit<InitRecord, 'before'> & { existed: boolean }) | undefined {
  try {
    const { version, path, mode, after, folders, existed } = JSON.parse(text) as Record<string, unknown>;
    const isWhole =
      version === 1 && typeof path === 'string' && typeof mode === 'number' && typeof after === 'string';
    if (!isWhole || typeof existed !== 'boolean' || !Array.isArray(folders)) return undefined;
    return { path, mode, after, existed, folders: folders.filter((each) => typeof each === 'string') };
  } catch (error) {
    // Half of it is there after a power cut: then only our part is taken out of the file.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
