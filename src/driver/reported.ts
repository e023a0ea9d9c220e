import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { DriverEvent } from './driver.js';

/** Where an agent works: what it calls a path is told in these terms. */
export interface Place {
  workspace: string;
  startFolder: string;
}

const MOST_PATHS = 1_000;

/** A tool call as an agent reports it: name, and what it read and wrote. Undefined when it is none. */
export function toolEvent(value: object, place: Place): DriverEvent | undefined {
  const { name, reads, writes, detail } = value as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') return undefined;
  return {
    type: 'tool',
    name: name.slice(0, 100),
    reads: pathsIn(reads, place),
    writes: pathsIn(writes, place),
    detail: typeof detail === 'string' ? detail.slice(0, 2_000) : '',
  };
}

/** What an agent says it has used. Undefined when the figures are none. */
export function usageEvent(value: object): DriverEvent | undefined {
  const { inputTokens, outputTokens, costUsd, model } = value as Record<string, unknown>;
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined;
  const hasCost = typeof costUsd === 'number' && Number.isFinite(costUsd) && costUsd >= 0;
  return {
    type: 'usage',
    usage: {
      inputTokens,
      outputTokens,
      ...(hasCost ? { costUsd } : {}),
      ...(typeof model === 'string' ? { model: model.slice(0, 100) } : {}),
    },
  };
}

/** A JSON object in a line of output; undefined when the line is anything else. */
export function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

// Relative to the workspace, as everything in the sheet; what lies outside concerns nobody else.
function pathsIn(value: unknown, { workspace, startFolder }: Place): string[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, MOST_PATHS)
    .filter((path) => typeof path === 'string')
    .map((path) => relative(workspace, resolve(startFolder, path)))
    .filter((path) => path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path));
}
