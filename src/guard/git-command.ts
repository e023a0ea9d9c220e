import { resolve } from 'node:path';
import type { ShellCommand } from './shell-commands.js';
import type { Word } from './shell-words.js';

/** A command line of git, with its words sorted. */
export interface GitCommand {
  name: string;
  /** The folder in which it acts; undefined where only a run would tell. */
  folder: string | undefined;
  /** Whether its own hooks are turned off by a setting. */
  isWithoutHooks: boolean;
  /** All behind the name. */
  args: Word[];
}

/** A command of git, taken apart: `-C FOLDER NAME ARGS…`; undefined for what is none. */
export function gitCommandIn({ name: program, args, folder: cwd }: ShellCommand): GitCommand | undefined {
  if (program !== 'git') return undefined;
  const { settings, rest } = beforeName(args);
  let folder = cwd;
  for (const [option, value] of settings) if (GOES_TO.has(option)) folder = within(folder, value);
  const isWithoutHooks = settings.some(([option, value]) => turnsHooksOff(option, value));
  const [name, ...behind] = rest;
  return name?.isExpanded === false ? { name: name.text, folder, isWithoutHooks, args: behind } : undefined;
}

/** The options of git itself that have a value, and what comes behind all of its options. */
function beforeName(args: readonly Word[]): {
  settings: (readonly [option: string, value: Word | undefined])[];
  rest: readonly Word[];
} {
  const settings: (readonly [string, Word | undefined])[] = [];
  let at = 0;
  for (; args[at]?.text.startsWith('-') === true; at += 1) {
    const [option = '', attached] = (args[at]?.text ?? '').split(/=(.*)/s, 2);
    if (!VALUED.has(option)) continue;
    if (attached === undefined) at += 1;
    settings.push([option, attached === undefined ? args[at] : { text: attached, isExpanded: false }]);
  }
  return { settings, rest: args.slice(at) };
}

function turnsHooksOff(option: string, setting: Word | undefined): boolean {
  return option === '-c' && setting !== undefined && /^core\.hookspath=/i.test(setting.text);
}

const GOES_TO = new Set(['-C', '--work-tree']);
const VALUED = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--exec-path',
  '--config-env',
]);

function within(folder: string | undefined, value: Word | undefined): string | undefined {
  if (value === undefined || value.isExpanded) return undefined;
  if (value.text.startsWith('/')) return resolve(value.text);
  return folder === undefined ? undefined : resolve(folder, value.text);
}

/** The words behind the name of a command of git. */
export class GitArguments {
  /** What is no option and no value of one, before `--`. */
  readonly names: Word[] = [];
  /** What stands behind `--`. */
  readonly afterDashes: Word[] | undefined;
  private readonly options: { name: string; value?: Word }[] = [];

  /** @param valued The options whose value is a word of its own: letters, then whole names, with a space between. */
  constructor(args: readonly Word[], valued = '') {
    const [letters = '', ...longNames] = valued.split(' ');
    const dashes = args.findIndex(({ text }) => text === '--');
    this.afterDashes = dashes === -1 ? undefined : args.slice(dashes + 1);
    const before = dashes === -1 ? args : args.slice(0, dashes);
    for (let at = 0; at < before.length; at += 1) {
      const word = before[at];
      if (word === undefined) break;
      if (!word.text.startsWith('-') || word.text === '-') {
        this.names.push(word);
        continue;
      }
      const takesNext = word.text.startsWith('--')
        ? this.takeLong(word.text, longNames)
        : this.takeShort(word.text, letters);
      const value = takesNext ? before[(at += 1)] : undefined;
      const option = this.options.at(-1);
      if (option !== undefined && value !== undefined) option.value = value;
    }
  }

  has(...wanted: string[]): boolean {
    return this.options.some(({ name }) => wanted.includes(name));
  }

  valuesOf(...wanted: string[]): Word[] {
    return this.options.flatMap(({ name, value }) =>
      value !== undefined && wanted.includes(name) ? [value] : [],
    );
  }

  /** Whether the value is the next word. */
  private takeLong(text: string, names: readonly string[]): boolean {
    const [name = '', attached] = text.split(/=(.*)/s, 2);
    this.options.push(
      attached === undefined ? { name } : { name, value: { text: attached, isExpanded: false } },
    );
    return attached === undefined && names.includes(name);
  }

  /** Letters in one word; behind one that has a value, the rest is that. */
  private takeShort(text: string, letters: string): boolean {
    for (let at = 1; at < text.length; at += 1) {
      const letter = text.charAt(at);
      this.options.push({ name: `-${letter}` });
      if (letters.includes(letter)) {
        if (at === text.length - 1) return true;
        this.options[this.options.length - 1] = {
          name: `-${letter}`,
          value: { text: text.slice(at + 1), isExpanded: false },
        };
        return false;
      }
    }
    return false;
  }
}
