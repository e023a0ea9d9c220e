import { findAgent, findAgentByName, type Agent } from '../agent/index.js';
import { usageError } from '../error/index.js';
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

/** @throws {CallsheetError} `AGENT_UNKNOWN` (usage). */
export async function requireAgent(reader: Reader, name: string): Promise<Agent> {
  const agent = await findAgentByName(reader, name);
  if (agent !== undefined) return agent;
  throw usageError(
    'AGENT_UNKNOWN',
    `There is no agent “${name}” in this sheet.`,
    'See who is there: callsheet status',
  );
}
