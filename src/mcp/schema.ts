import { usageError } from '../error/index.js';
import { oneLine, plainText } from '../text/index.js';

/** The part of JSON Schema that our tools use. */
export type Schema = {
  type: 'string' | 'integer' | 'boolean' | 'array' | 'object';
  description?: string;
  enum?: string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
};

/** What a tool takes: an object. */
export type Inputs = Schema & { type: 'object'; properties: Record<string, Schema> };

export function text(description?: string): Schema {
  return { type: 'string', ...(description === undefined ? {} : { description }) };
}

export function oneOf(...choices: string[]): Schema {
  return { type: 'string', enum: choices };
}

export function listOf(items: Schema, description?: string): Schema {
  return { type: 'array', items, ...(description === undefined ? {} : { description }) };
}

export function inputs(properties: Record<string, Schema>, ...required: string[]): Inputs {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

/**
 * Whether what a client hands over is what a tool takes. An unknown name is a mistake: silently left out, the caller
 * would believe that it counts.
 * @throws {CallsheetError} `INPUT_INVALID`, `INPUT_MISSING` (usage).
 */
export function requireFit(schema: Schema, value: unknown, place = 'The input'): void {
  if (!isOfType(schema.type, value)) throw invalid(place, `is not of type ${schema.type}`);
  if (schema.enum !== undefined && !schema.enum.includes(value as string))
    throw invalid(place, `is ${shown(value)}`, `Choose one of: ${schema.enum.join(', ')}`);
  if (schema.items !== undefined)
    for (const [at, each] of (value as unknown[]).entries())
      requireFit(schema.items, each, `${place}[${at}]`);
  if (schema.properties !== undefined) requireFields(schema, value as Record<string, unknown>, place);
}

function requireFields(schema: Schema, value: Record<string, unknown>, place: string): void {
  const { properties = {}, required = [] } = schema;
  const inside = (name: string): string => (place === 'The input' ? name : `${place}.${name}`);
  const missing = required.find((name) => value[name] === undefined);
  if (missing !== undefined)
    throw usageError('INPUT_MISSING', `${inside(missing)} is missing. Nothing was done.`, 'Give it.');
  for (const [name, each] of Object.entries(value)) {
    const wanted = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (wanted === undefined)
      throw invalid(
        place,
        `has “${oneLine(plainText(name), 40)}”, which means nothing here`,
        `It takes: ${Object.keys(properties).join(', ')}`,
      );
    // A client may write down what it leaves out.
    if (each !== null && each !== undefined) requireFit(wanted, each, inside(name));
  }
}

function isOfType(type: Schema['type'], value: unknown): boolean {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function invalid(place: string, what: string, hint = 'See the schema of the tool.'): Error {
  return usageError('INPUT_INVALID', `${place} ${what}. Nothing was done.`, hint);
}

function shown(value: unknown): string {
  return oneLine(plainText(JSON.stringify(value) ?? ''), 60);
}
