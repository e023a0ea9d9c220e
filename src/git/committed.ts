import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { errorCode } from '../error/index.js';
import { locateRepository, type Located } from './locate-repository.js';
import { hashesAt } from './objects.js';
import { readHead } from './read-head.js';
import type { CommitId } from './repository.js';

/** What lies in a folder of a commit, by name. */
type Tree = Map<string, { id: string; isFolder: boolean }>;

const LARGEST_BYTES = 20_000_000;
const FOLDER_MODE = '40000';

/**
 * Object id of each path in the commit that a checkout is at, without those that are not there. What was committed
 * lately is read from git's files; one call of git answers for all that has been packed.
 * @param ask False: what has been packed counts as not there, and no git is started.
 */
export async function committedHashes(
  checkout: string,
  paths: readonly string[],
  ask = true,
): Promise<Map<string, string>> {
  const located = locateRepository(checkout);
  if (located === undefined || paths.length === 0) return new Map();
  const { commit } = readHead(located);
  const read = commit === undefined ? undefined : await LooseCommit.open(located, commit);
  const found = new Map<string, string>();
  const unclear: string[] = [];
  for (const path of paths) {
    const id = read?.idAt(path.split('/'));
    if (id === undefined) unclear.push(path);
    else if (id !== '') found.set(path, id);
  }
  const asked = unclear.length === 0 || !ask ? [] : await hashesAt(located.root, commit ?? 'HEAD', unclear);
  return new Map([...found, ...asked]);
}

/** A commit whose objects are files of their own, as git leaves them until it packs them. */
class LooseCommit {
  private readonly trees = new Map<string, Tree | undefined>();

  private constructor(
    private readonly commonDir: string,
    private readonly inflate: (bytes: Buffer) => Buffer,
    private readonly root: string,
  ) {}

  static async open({ commonDir }: Located, commit: CommitId): Promise<LooseCommit | undefined> {
    const { inflateSync } = await import('node:zlib');
    const inflate = (bytes: Buffer): Buffer => inflateSync(bytes, { maxOutputLength: LARGEST_BYTES });
    const text = looseObject(commonDir, commit, inflate)?.toString('latin1');
    const tree = /^commit \d+\0tree ([0-9a-f]+)\n/.exec(text ?? '')?.[1];
    return tree === undefined ? undefined : new LooseCommit(commonDir, inflate, tree);
  }

  /** Of what is there; empty where nothing is, undefined where these files do not tell. */
  idAt(names: readonly string[]): string | undefined {
    let id = this.root;
    for (const [index, name] of names.entries()) {
      const tree = this.treeOf(id);
      if (tree === undefined) return undefined;
      const entry = tree.get(name);
      if (entry === undefined || (!entry.isFolder && index < names.length - 1)) return '';
      id = entry.id;
    }
    return id;
  }

  private treeOf(id: string): Tree | undefined {
    if (!this.trees.has(id)) this.trees.set(id, treeIn(looseObject(this.commonDir, id, this.inflate), id));
    return this.trees.get(id);
  }
}

/** With its header; undefined where it is packed, in another repository, or no object. */
function looseObject(commonDir: string, id: string, inflate: (bytes: Buffer) => Buffer): Buffer | undefined {
  try {
    return inflate(readFileSync(join(commonDir, 'objects', id.slice(0, 2), id.slice(2))));
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code === 'ENOENT' || code === 'ERR_BUFFER_TOO_LARGE' || code.startsWith('Z_')) return undefined;
    throw error;
  }
}

/** Entries are `MODE NAME`, a NUL, and the id in bytes. */
function treeIn(object: Buffer | undefined, id: string): Tree | undefined {
  if (object?.toString('latin1', 0, 5) !== 'tree ') return undefined;
  const tree: Tree = new Map();
  for (let at = object.indexOf(0) + 1; at < object.length;) {
    const end = object.indexOf(0, at);
    if (end === -1) return undefined;
    const [mode = ''] = object.toString('latin1', at, end).split(' ', 1);
    const next = end + 1 + id.length / 2;
    const name = object.toString('utf8', at + mode.length + 1, end);
    tree.set(name, { id: object.toString('hex', end + 1, next), isFolder: mode === FOLDER_MODE });
    at = next;
  }
  return tree;
}
