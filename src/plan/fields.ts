import { hasUnsafeCharacters, oneLine, parseDuration, plainText } from '../text/index.js';
import { nearest } from './nearest.js';
import type { Problems } from './problems.js';
import { kindOf, valueAt, type YamlMap, type YamlNode } from './yaml-node.js';

/** Reads one value; what is wrong goes to the problems, and the answer is undefined. */
export type FieldReader<T> = (node: YamlNode, key: string, problems: Problems) => T | undefined;

/** Reads the value under a key with a reader; undefined when it is missing, empty or wrong. */
export function field<T>(map: YamlMap, key: string, problems: Problems, read: FieldReader<T>): T | undefined {
  const node = valueAt(map, key);
  return node === undefined ? undefined : read(node, key, problems);
}

/** Names every key that is not known, with the known one that is most like it. */
export function checkKeys(
  map: YamlMap,
  known: readonly string[],
  problems: Problems,
  instead: Readonly<Record<string, string>> = {},
): void {
  for (const { key, keyOffset } of map.entries) {
    if (known.includes(key)) continue;
    const near = (Object.hasOwn(instead, key) ? instead[key] : undefined) ?? nearest(key, known);
    const shown = oneLine(key, 60);
    problems.add(keyOffset, 'UNKNOWN_KEY', `Unknown key \`${shown}\``, near ?? `one of: ${known.join(', ')}`);
  }
}

/** Drops the keys that are undefined. */
export function present<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** A wrong type, in the words of the file. */
export function addWrongType(
  node: YamlNode,
  key: string,
  problems: Problems,
  wanted: string,
  example: string,
): undefined {
  problems.add(node.offset, 'WRONG_TYPE', `\`${key}\` is ${kindOf(node)}, not ${wanted}`, example);
}

/** Text of one or more lines, such as a spec: everything but NUL and halves of surrogate pairs. */
export const readLines: FieldReader<string> = (node, key, problems) => {
  if (node.kind !== 'scalar') return addWrongType(node, key, problems, 'text', `\`${key}: some text\``);
  if (!node.source.includes('\0') && node.source.isWellFormed()) return node.source;
  problems.add(
    node.offset,
    'BAD_CHARACTER',
    `\`${key}\` holds NUL or half a surrogate pair`,
    'the text without it',
  );
  return undefined;
};

/** Text for readers: as lines, without what could play tricks on their terminal. */
export const readText: FieldReader<string> = (node, key, problems) => {
  const text = readLines(node, key, problems);
  return text === undefined ? undefined : plainText(text);
};

/** Text on one line, at most 200 characters, without characters that control, hide or reorder. */
export const readLine: FieldReader<string> = (node, key, problems) => {
  const text = readLines(node, key, problems)?.trim();
  if (text === undefined) return undefined;
  if (hasUnsafeCharacters(text) || /[\n\r]/.test(text)) {
    problems.add(
      node.offset,
      'BAD_CHARACTER',
      `\`${key}\` holds control or invisible characters`,
      'one line of text',
    );
  } else if (text === '' || text.length > 200) {
    const said = text === '' ? 'is empty' : `has ${text.length} characters`;
    problems.add(node.offset, 'BAD_LENGTH', `\`${key}\` ${said}`, '1 to 200 characters');
  } else return text;
  return undefined;
};

/** A name that may become an argument of another program: as a line, and not starting with a dash. */
export const readName: FieldReader<string> = (node, key, problems) => {
  const name = readLine(node, key, problems);
  if (name === undefined || !name.startsWith('-')) return name;
  problems.add(node.offset, 'BAD_NAME', `\`${key}\` starts with a dash`, 'a name without it');
  return undefined;
};

/** A command for the shell, on one or more lines. */
export const readCommand: FieldReader<string> = (node, key, problems) => {
  const command = readLines(node, key, problems)?.trim();
  if (command === undefined || command !== '') return command;
  problems.add(node.offset, 'BAD_LENGTH', `\`${key}\` is empty`, `a command, or leave \`${key}\` out`);
  return undefined;
};

export const readFlag: FieldReader<boolean> = (node, key, problems) => {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  return addWrongType(node, key, problems, 'true or false', `\`${key}: true\``);
};

/** A duration such as `10m`, in milliseconds. */
export const readDuration: FieldReader<number> = (node, key, problems) => {
  const ms = node.kind === 'scalar' ? parseDuration(node.source) : undefined;
  if (ms !== undefined) return ms;
  const shown = node.kind === 'scalar' ? oneLine(node.source, 40) : kindOf(node);
  problems.add(
    node.offset,
    'BAD_DURATION',
    `\`${key}\` is ${shown}, which is no duration`,
    '`90s`, `10m` or `1h30m`, up to 30 days',
  );
  return undefined;
};

/** A whole number within bounds. */
export function integerFrom(min: number, max: number, code: string): FieldReader<number> {
  return (node, key, problems) => {
    const value = node.kind === 'scalar' ? node.value : undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max)
      return value;
    const shown = node.kind === 'scalar' ? oneLine(node.source, 40) : kindOf(node);
    problems.add(node.offset, code, `\`${key}\` is ${shown}`, `a whole number from ${min} to ${max}`);
    return undefined;
  };
}

/** A list of values that one reader reads; wrong ones are left out. */
export function listOf<T>(read: FieldReader<T>): FieldReader<T[]> {
  return (node, key, problems) => {
    if (node.kind === 'list') return node.items.flatMap((item) => read(item, key, problems) ?? []);
    const example = node.kind === 'scalar' ? `[${oneLine(node.source, 60)}]` : '[one, two]';
    return addWrongType(node, key, problems, 'a list', `\`${key}: ${example}\``);
  };
}

/** A mapping of names to values that one reader reads; wrong ones are left out. */
export function mappingOf<T>(
  isName: (name: string) => boolean,
  name: { code: string; instead: string },
  read: FieldReader<T>,
): FieldReader<Record<string, T>> {
  return (node, key, problems) => {
    if (node.kind !== 'map')
      return addWrongType(node, key, problems, 'a mapping', `\`${key}: {name: value}\``);
    const pairs = node.entries.flatMap((entry): [string, T][] => {
      if (!isName(entry.key)) {
        problems.add(
          entry.keyOffset,
          name.code,
          `\`${oneLine(entry.key, 60)}\` cannot stand in \`${key}\``,
          name.instead,
        );
        return [];
      }
      const value = read(entry.value, `${key}.${entry.key}`, problems);
      return value === undefined ? [] : [[entry.key, value]];
    });
    return Object.fromEntries(pairs);
  };
}

/** Any JSON value under a mapping, such as a schema. */
export const readJsonObject: FieldReader<unknown> = (node, key, problems) => {
  if (node.kind !== 'map')
    return addWrongType(node, key, problems, 'a mapping', `\`${key}: {type: object}\``);
  return jsonOf(node, key, problems);
};

function jsonOf(node: YamlNode, key: string, problems: Problems): unknown {
  if (node.kind === 'list') return node.items.map((item) => jsonOf(item, key, problems));
  if (node.kind === 'map') {
    return Object.fromEntries(node.entries.map((entry) => [entry.key, jsonOf(entry.value, key, problems)]));
  }
  const { value } = node;
  if (typeof value === 'number' && (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)) {
    problems.add(
      node.offset,
      'BAD_NUMBER',
      `\`${key}\` holds ${oneLine(node.source, 40)}, which JSON cannot keep`,
      'a smaller number',
    );
  }
  return typeof value === 'string' ? readLines(node, key, problems) : value;
}
