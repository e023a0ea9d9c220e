import { realpathSync } from 'node:fs';
import { keepBlob } from '../blob/index.js';
import type { Transaction } from '../store/index.js';
import { findKnownFile, knownFiles, recordWrite } from '../write/index.js';
import { contentOf } from './content.js';
import type { Guard } from './guard.js';
import { noteContent } from './look.js';

/** A file that a branch brought to a checkout when it was moved. */
export interface LandedFile {
  path: string;
  /** Whose work it is, and for which task. */
  agentId: string;
  taskId?: string;
  attempt?: number;
}

/** What landed counts as written by those whose work it is: whoever has seen an older state is told. */
export async function noteLanded(
  guard: Guard,
  checkout: string,
  files: readonly LandedFile[],
): Promise<void> {
  const root = realpathSync(checkout);
  const known = new Set((await knownFiles(guard.store, root)).map(({ path }) => path));
  // What nobody has looked at nobody has to be told of.
  const seen = files.filter(({ path }) => known.has(path));
  if (seen.length === 0) return;
  await guard.store.transaction(async (tx) => {
    for (const file of seen) await noteFileLanded(guard, tx, root, file);
  });
}

async function noteFileLanded(
  { sheetFolder }: Guard,
  tx: Transaction,
  checkout: string,
  { path, ...whose }: LandedFile,
): Promise<void> {
  const known = await findKnownFile(tx, checkout, path);
  const content = contentOf(`${checkout}/${path}`);
  const { hash, bytes } = content;
  if (known === undefined || known.hash === hash) return;
  if (bytes !== undefined && hash !== '') keepBlob(sheetFolder, hash, bytes);
  await recordWrite(tx, { ...whose, checkout, path, before: known.hash, after: hash, how: 'write' });
  await noteContent(tx, { checkout, path }, content);
}
