import type { Word } from './shell-words.js';

/** A command without the programs that only start it. */
export interface Unwrapped {
  words: Word[];
  /** The folder that a wrapper goes into first. */
  folder?: Word;
  /** Whether more words come from elsewhere when it runs. */
  isContinued: boolean;
}

/** How a program that starts another is given that. */
interface Wrapper {
  /** Options whose value is the next word: letters, and whole names. */
  valued?: string;
  /** Words of its own before the program. */
  own?: number;
  /** The option that names a folder to start it in. */
  folder?: string;
  /** Whether `-c LINE` in the place of the program is for a shell. */
  takesLine?: boolean;
}

const WRAPPERS: Record<string, Wrapper> = {
  sudo: { valued: 'ugChprtTUD --user --group --chdir', folder: '-D' },
  doas: { valued: 'uC' },
  env: { valued: 'uC --unset --chdir', folder: '-C' },
  nice: { valued: 'n --adjustment' },
  ionice: { valued: 'cn' },
  timeout: { valued: 'ks --kill-after --signal', own: 1 },
  flock: { valued: 'wE', own: 1, takesLine: true },
  stdbuf: { valued: 'ioe' },
  time: { valued: 'fo' },
  xargs: { valued: 'aEdILnPs --max-args --max-procs' },
  command: {},
  builtin: {},
  exec: { valued: 'a' },
  nohup: {},
  setsid: {},
  caffeinate: {},
};
const MOST_WRAPPERS = 8;

/** The command that is run in the end: `timeout 10 env A=1 git stash` is `git stash`. */
export function unwrapped(given: readonly Word[]): Unwrapped {
  let words = withoutAssignments(given);
  const found: Omit<Unwrapped, 'words'> = { isContinued: false };
  for (let wrappers = 0; wrappers < MOST_WRAPPERS; wrappers += 1) {
    const name = programOf(words[0]);
    const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    if (wrapper === undefined) break;
    const options = optionsOf(wrapper, words.slice(1));
    // `command -v git` asks where it is.
    if (name === 'command' && options.given.some(({ text }) => /^-[vV]/.test(text)))
      return { ...found, words: [] };
    if (options.folder !== undefined) found.folder = options.folder;
    found.isContinued ||= name === 'xargs';
    words = withoutAssignments(options.rest.slice(wrapper.own ?? 0));
    if (wrapper.takesLine === true && isOption(words[0]))
      words = [{ text: 'sh', isExpanded: false }, ...words];
  }
  return { ...found, words };
}

/** The name of a program, without the folder in which it is installed. */
export function programOf(word: Word | undefined): string {
  if (word === undefined || word.isExpanded || word.pattern !== undefined) return '';
  return word.text.startsWith('/') ? word.text.slice(word.text.lastIndexOf('/') + 1) : word.text;
}

function withoutAssignments(words: readonly Word[]): Word[] {
  const start = words.findIndex(({ text }) => !/^\w{1,200}\+?=/.test(text));
  return start === -1 ? [] : words.slice(start);
}

/** The options of a wrapper and what stands behind them. */
function optionsOf(
  { valued = '', folder }: Wrapper,
  words: readonly Word[],
): { given: readonly Word[]; folder?: Word; rest: readonly Word[] } {
  const [letters = '', ...names] = valued.split(' ');
  let into: Word | undefined;
  let at = 0;
  for (; isOption(words[at]); at += 1) {
    const text = words[at]?.text ?? '';
    const letter = text.startsWith('--') ? -1 : text.split('').findIndex((each) => letters.includes(each));
    // What stands behind a letter in the same word is its value.
    if (letter === -1 ? !names.includes(text) : letter !== text.length - 1) continue;
    at += 1;
    if (`-${text.charAt(letter)}` === folder || text === '--chdir') into = words[at];
  }
  const isEnded = words[at]?.text === '--';
  const found = { given: words.slice(0, at), rest: words.slice(isEnded ? at + 1 : at) };
  return into === undefined ? found : { ...found, folder: into };
}

function isOption(word: Word | undefined): boolean {
  // `env -` leaves the environment behind.
  return word?.text.startsWith('-') === true && word.text !== '--';
}

const SHELLS = new Set(['bash', 'sh', 'zsh', 'dash', 'ksh']);

/** The shell line that a command has run, and whether in the same shell: `bash -c LINE`, `eval LINE`. */
export function lineIn(words: readonly Word[]): { line: string; isOwnShell: boolean } | undefined {
  const [first, ...rest] = words;
  const name = programOf(first);
  if (name === 'eval') return { line: rest.map(({ text }) => text).join(' '), isOwnShell: false };
  if (!SHELLS.has(name)) return undefined;
  const at = rest.findIndex(({ text }) => /^-[a-zA-Z]*c[a-zA-Z]*$|^--command$/.test(text));
  const line = at === -1 ? undefined : rest.slice(at + 1).find(({ text }) => !/^[-+]/.test(text));
  return line === undefined ? undefined : { line: line.text, isOwnShell: true };
}
