/**
 * The inputs of an operation, described once: the command line's options, their help and their checks are
 * derived from it (so will be MCP schemas). Plain data, so that no schema library is loaded at start.
 *
 * `name` is one word or id of at most 200 characters; `text` is free text; `file-text` is the content of a file;
 * `json-file` is what a file of JSON says.
 */
export type FieldKind =
  'text' | 'name' | 'integer' | 'duration' | 'path' | 'flag' | 'choice' | 'file-text' | 'json-file';

export interface Field {
  kind: FieldKind;
  help: string;
  /** Stands on the command line by position instead of as an option. */
  positional?: boolean;
  /** Takes what stands behind `--`, and nothing else. */
  behindDashes?: boolean;
  required?: boolean;
  /** May be given several times; the value is a list. */
  many?: boolean;
  /** One letter, `p` for `-p`. */
  short?: string;
  choices?: readonly string[];
  /** Bounds of an integer. */
  min?: number;
  max?: number;
  /** Most characters of a text. Default 20,000. */
  maxChars?: number;
  /** What the value is called in help: `--after ID`. Default by kind. */
  placeholder?: string;
  /** The input's name on the command line when it differs: `spec-file`. Default: kebab case. */
  flag?: string;
}

export type Fields = Record<string, Field>;

type BaseValue<F extends Field> = F['kind'] extends 'integer' | 'duration'
  ? number
  : F['kind'] extends 'flag'
    ? boolean
    : F['kind'] extends 'json-file'
      ? unknown
      : F extends { choices: readonly (infer C)[] }
        ? C
        : string;

type Value<F extends Field> = F extends { many: true } ? BaseValue<F>[] : BaseValue<F>;

/** The typed input that a set of fields describes: durations in milliseconds, paths relative to the repository's top. */
export type InputOf<T extends Fields> = {
  [K in keyof T as T[K] extends { required: true } | { many: true } | { kind: 'flag' } ? K : never]: Value<
    T[K]
  >;
} & {
  [K in keyof T as T[K] extends { required: true } | { many: true } | { kind: 'flag' } ? never : K]?: Value<
    T[K]
  >;
};

/** The name of an input on the command line: `specFile` is `spec-file`. */
export function flagOf(name: string, field: Field): string {
  return field.flag ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** How an input is written: `--after`, or its placeholder when it stands by position. */
export function spelledOf(name: string, field: Field): string {
  return field.positional === true ? placeholderOf(name, field) : `--${flagOf(name, field)}`;
}

/** What stands for the value in help and errors: `ID`, `PATH`, `DURATION`. */
export function placeholderOf(name: string, field: Field): string {
  if (field.placeholder !== undefined) return field.placeholder;
  if (field.positional === true) return flagOf(name, field).toUpperCase();
  if (field.kind === 'choice') return (field.choices ?? []).join('|');
  return PLACEHOLDERS[field.kind];
}

const PLACEHOLDERS: Record<Exclude<FieldKind, 'choice'>, string> = {
  text: 'TEXT',
  name: 'NAME',
  integer: 'N',
  duration: 'DURATION',
  path: 'PATH',
  flag: '',
  'file-text': 'FILE',
  'json-file': 'FILE',
};
