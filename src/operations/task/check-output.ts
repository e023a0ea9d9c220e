import { CallsheetError } from '../../error/index.js';
import type { Task, TaskResult } from '../../task/index.js';

/**
 * Checks the data of a result against the task's schema, as far as types, required keys, fixed values and nesting go;
 * what else JSON Schema knows is left to the gate.
 * @throws {CallsheetError} `RESULT_MISMATCH`, with the place that does not fit.
 */
export function requireOutput(task: Task, { data }: TaskResult): void {
  if (task.outputSchema === undefined) return;
  const why = data === undefined ? 'it has no data' : mismatch(task.outputSchema, data, 'data');
  if (why === undefined) return;
  throw new CallsheetError(
    'RESULT_MISMATCH',
    `The result of ${task.id} does not fit its schema: ${why}. Nothing was changed.`,
    {
      hint: 'Give it as {"summary": "…", "data": …} with --result-file FILE',
      data: { task: task.id, schema: task.outputSchema },
    },
  );
}

function mismatch(schema: unknown, value: unknown, place: string): string | undefined {
  if (!isObject(schema)) return undefined;
  const types = [schema['type'] ?? []].flat().map(String);
  if (types.length > 0 && !types.some((type) => isOfType(type, value)))
    return `${place} is not of type ${types.join(' or ')}`;
  const allowed = schema['enum'];
  if (Array.isArray(allowed) && !allowed.some((each) => JSON.stringify(each) === JSON.stringify(value))) {
    return `${place} is none of ${allowed.map((each) => JSON.stringify(each)).join(', ')}`;
  }
  if (Array.isArray(value))
    return firstOf(value.map((each, index) => mismatch(schema['items'], each, `${place}[${index}]`)));
  return isObject(value) ? mismatchInside(schema, value, place) : undefined;
}

function mismatchInside(
  schema: Record<string, unknown>,
  value: Record<string, unknown>,
  place: string,
): string | undefined {
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const missing = required.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) return `${place} has no ${missing}`;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return firstOf(
    Object.entries(properties)
      .filter(([key]) => Object.hasOwn(value, key))
      .map(([key, inner]) => mismatch(inner, value[key], `${place}.${key}`)),
  );
}

function isOfType(type: unknown, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  return type === 'object' ? isObject(value) : typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstOf(reasons: (string | undefined)[]): string | undefined {
  return reasons.find((reason) => reason !== undefined);
}
