import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE, POLICIES, readConfig, type GuardRule, type Policy } from '../config/index.js';
import { CallsheetError, errorCode } from '../error/index.js';
import { matchesPath } from '../text/index.js';
import { stampOf } from './content.js';
import type { Guard } from './guard.js';
import type { Place } from './look.js';

/** How strict the guard is about a path: what the configuration at the top of its checkout says, the last rule first. */
export async function policyOf(guard: Guard, { checkout, path }: Place): Promise<Policy> {
  const rules = await rulesOf(guard, checkout);
  return rules.findLast(({ pattern }) => pattern === '**' || matchesPath(pattern, path))?.policy ?? 'guard';
}

/** Whether nothing is to be said about a path. */
export async function isQuiet(guard: Guard, place: Place): Promise<boolean> {
  return ['cowboy', 'off'].includes(await policyOf(guard, place));
}

interface Kept {
  stamp: string;
  rules: GuardRule[];
}

const KEPT_FILE = 'policies.json';

/** The rules as they were read last stay beside the sheet, since reading YAML would cost every hook its time. */
async function rulesOf({ sheetFolder }: Guard, checkout: string): Promise<GuardRule[]> {
  const stamp = stampOf(join(checkout, CONFIG_FILE));
  if (stamp === '') return [];
  const file = join(sheetFolder, KEPT_FILE);
  const kept = keptIn(file).get(checkout);
  if (kept?.stamp === stamp) return kept.rules;
  const rules = await readRules(checkout);
  const others = [...keptIn(file)].filter(([each]) => each !== checkout);
  keepIn(file, new Map([...others, [checkout, { stamp, rules }]]));
  return rules;
}

const MOST_KEPT = 50;

/** The newest last. Where those of two checkouts are kept at once, one of them is read again. */
function keepIn(file: string, kept: ReadonlyMap<string, Kept>): void {
  const part = `${file}.${process.pid}`;
  writeFileSync(part, JSON.stringify([...kept].slice(-MOST_KEPT)), { mode: 0o600 });
  renameSync(part, file);
}

/** A mistake in the configuration is said by whatever reads it for a person; it does not loosen the guard. */
async function readRules(checkout: string): Promise<GuardRule[]> {
  try {
    return (await readConfig(checkout)).guard ?? [];
  } catch (error) {
    if (error instanceof CallsheetError) return [];
    throw error;
  }
}

/** By checkout. */
function keptIn(file: string): Map<string, Kept> {
  try {
    const kept = new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, Kept][]);
    const isRule = ({ pattern, policy }: GuardRule): boolean =>
      typeof pattern === 'string' && POLICIES.includes(policy);
    return [...kept.values()].every(({ rules }) => rules.every(isRule)) ? kept : new Map<string, Kept>();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof TypeError)
      return new Map<string, Kept>();
    throw error;
  }
}
