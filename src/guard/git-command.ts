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
