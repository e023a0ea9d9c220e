import { findAgent } from '../agent/index.js';
import type { Reader } from '../store/index.js';

/** The names behind agent ids; an id that the sheet does not know stands for itself. */
export async function namesOf(
  reader: Reader,
  ids: Iterable<string | undefined>,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const id of ids) {
    if (id === undefined || names.has(id)) continue;
    names.set(id, (await findAgent(reader, id))?.name ?? id);
  }
  return names;
}
