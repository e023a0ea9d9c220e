import { parseDuration } from '../../text/index.js';

/** What is wrong with a script; whoever catches it knows the file. */
export class ScriptMistake extends Error {
  constructor(
    message: string,
    /** From 1; undefined where a caller knows it better. */
    readonly line?: number,
  ) {
    super(message);
  }
}

/** The keys of a mapping, none missing and none unknown. */
export function fields(
  value: unknown,
  required: string[],
  optional: string[] | 'any' = [],
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ScriptMistake(`needs a mapping with ${required.join(', ')}`);
  }
  const missing = required.filter((name) => !(name in value));
  if (missing.length > 0) throw new ScriptMistake(`lacks ${missing.join(', ')}`);
  const unknown = Object.keys(value).filter((name) => ![...required, ...optional].includes(name));
  if (optional !== 'any' && unknown.length > 0) {
    throw new ScriptMistake(
      `has an unknown key ${unknown.join(', ')}: it takes ${[...required, ...optional].join(', ')}`,
    );
  }
  return value as Record<string, unknown>;
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.includes('\0')) throw new ScriptMistake(`needs text for ${what}`);
  return value;
}

export function texts(value: unknown, what: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) => text(one, what));
}

export function flag(value: unknown, what: string): boolean {
  if (value !== undefined && typeof value !== 'boolean')
    throw new ScriptMistake(`needs true or false for ${what}`);
  return value === true;
}

export function durationMs(value: unknown): number {
  const ms = parseDuration(String(value));
  if (ms === undefined) throw new ScriptMistake(`needs a duration such as 2s, not ${JSON.stringify(value)}`);
  return ms;
}
