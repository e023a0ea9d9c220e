import type { Agent } from '../../agent/index.js';
import type { Reader } from '../../store/index.js';
import { openCallsOf } from '../../write/index.js';
import { iso } from '../time.js';

const MOST_FILES = 10;

/** The files that an agent's open tool calls, and commands that name them, are going to write, longest first. */
export async function aboutToWrite(reader: Reader, agent: Agent | undefined) {
  if (agent === undefined || agent.endedAt !== undefined) return [];
  const files = new Map<string, { path: string; checkout: string; since: string }>();
  for (const { checkout, path, at } of await openCallsOf(reader, agent.id)) {
    const place = `${checkout}\0${path}`;
    if (path !== '' && !files.has(place)) files.set(place, { path, checkout, since: iso(at) });
  }
  return [...files.values()].slice(0, MOST_FILES);
}
