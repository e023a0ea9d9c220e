import type { Word } from './shell-words.js';

/** The words behind the name of a command, sorted as git and most programs do. */
export class Arguments {
  /** What is no option and no value of one, before `--`. */
  readonly names: Word[] = [];
  /** What stands behind `--`. */
  readonly afterDashes: Word[] | undefined;
  private readonly options: { name: string; value?: Word }[] = [];

  /**
   * @param valued The options whose value is a word of its own: letters, then whole names, with a space between.
   * @param attached The letters whose value, if any, is the rest of their word.
   */
  constructor(
    args: readonly Word[],
    valued = '',
    private readonly attached = '',
  ) {
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

  /** All that is no option and no value of one. */
  get given(): Word[] {
    return [...this.names, ...(this.afterDashes ?? [])];
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
      const isAttached = this.attached.includes(letter);
      if (isAttached || letters.includes(letter)) {
        if (at === text.length - 1) return !isAttached;
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
