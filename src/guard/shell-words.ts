import { homedir } from 'node:os';
import { afterEscaped, braceAt, closingOf } from './shell-nesting.js';

/** A word of a shell line. */
export interface Word {
  /** Without its quotes; what would be expanded stands as it was written. */
  text: string;
  /** Whether it holds what only a run would tell: a variable, or what a command prints. */
  isExpanded: boolean;
  /** Where it means files that fit: with what was quoted in it escaped by `\`. */
  pattern?: string;
}

/** What ends a word that is not quoted. */
const BETWEEN = ' \t\n;&|()<>';
const WILD = /[*?[]/;
const PLAIN = /[^ \t\n;&|()<>\\'"`$]+/y;
const IN_DOUBLE = /[^"\\`$]+/y;
/** What stands for one character in `$'…'`; of others, only a run would tell. */
const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '?': '?',
};
const VARIABLE = /\$(?:\w+|[@*#?$!-])/y;

/** Reads words of a shell line, one after the other. */
export class WordReader {
  at = 0;
  /** The commands inside the words that have been read, of which a word takes what they print. */
  inner: string[] = [];
  private word: Draft = new Draft();
  /** Whether the quote of `"${x:-it's}"` has to end: in bash; to others it stands for itself. Looked for once only. */
  private isBash = false;

  constructor(readonly text: string) {}

  get char(): string {
    return this.text.charAt(this.at);
  }

  /** The word that begins here; undefined where a quote or a bracket does not end. */
  read(): Word | undefined {
    this.word = new Draft();
    if (this.char === '~') this.readHome();
    while (this.at < this.text.length && !BETWEEN.includes(this.char)) if (!this.readPart()) return undefined;
    return this.word.finished();
  }

  private readPart(): boolean {
    switch (this.char) {
      case '\\':
        return this.readEscaped();
      case "'":
        return this.readSingle(this.at + 1);
      case '"':
        this.at += 1;
        return this.readDouble();
      case '`':
        return this.readBackquoted();
      case '$':
        return this.readExpansion(false);
      default:
        this.word.addPlain(this.run(PLAIN));
        return true;
    }
  }

  /** The characters from here on that a pattern takes; one at least. */
  private run(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? this.char;
    this.at += found.length;
    return found;
  }

  private readHome(): void {
    const next = this.text.charAt(this.at + 1);
    this.at += 1;
    if (next === '' || next === '/' || BETWEEN.includes(next)) this.word.addQuoted(homedir());
    else this.word.addExpanded('~');
  }

  private readEscaped(): boolean {
    const next = this.text.charAt(this.at + 1);
    // A line that goes on.
    if (next !== '\n') this.word.addQuoted(next);
    this.at += 2;
    return true;
  }

  private readSingle(from: number): boolean {
    const end = this.text.indexOf("'", from);
    if (end === -1) return false;
    this.word.addQuoted(this.text.slice(from, end));
    this.at = end + 1;
    return true;
  }

  /** Behind a `"`. */
  private readDouble(): boolean {
    while (this.at < this.text.length) {
      const { char } = this;
      if (char === '"') {
        this.at += 1;
        this.word.addQuoted('');
        return true;
      }
      if (char === '\\') this.readEscapedInDouble();
      else if (char === '`' || char === '$') {
        if (char === '`' ? !this.readBackquoted() : !this.readExpansion(true)) return false;
      } else this.word.addQuoted(this.run(IN_DOUBLE));
    }
    return false;
  }

  private readEscapedInDouble(): void {
    const next = this.text.charAt(this.at + 1);
    if (next !== '\n') this.word.addQuoted('"\\$`'.includes(next) ? next : `\\${next}`);
    this.at += 2;
  }

  private readBackquoted(): boolean {
    const end = afterEscaped(this.text, this.at + 1, '`');
    if (end === undefined) return false;
    this.inner.push(this.text.slice(this.at + 1, end - 1).replace(/\\([`\\$])/g, '$1'));
    return this.expandTo(end);
  }

  private readExpansion(isQuoted: boolean): boolean {
    const next = this.text.charAt(this.at + 1);
    if (next === '(' || next === '{') {
      const end = next === '(' ? closingOf(this.text, this.at + 2, '(') : this.braceEnd(isQuoted);
      if (end === undefined) return false;
      if (next === '(') this.inner.push(this.text.slice(this.at + 2, end));
      return this.expandTo(end + 1);
    }
    if (next === "'" && !isQuoted) return this.readEscapes();
    VARIABLE.lastIndex = this.at;
    const name = VARIABLE.exec(this.text)?.[0];
    if (name !== undefined) return this.expandTo(this.at + name.length);
    this.word.addQuoted('$');
    this.at += 1;
    return true;
  }

  /** Where `${…}` ends. */
  private braceEnd(isQuoted: boolean): number | undefined {
    if (!this.isBash && braceAt(this.text, this.at + 2, isQuoted) === '"{') {
      const end = closingOf(this.text, this.at + 2, '"{');
      if (end !== undefined) return end;
      this.isBash = true;
    }
    return closingOf(this.text, this.at + 2, '{');
  }

  /** `$'…'` */
  private readEscapes(): boolean {
    const end = afterEscaped(this.text, this.at + 2, "'");
    if (end === undefined) return false;
    for (const part of this.text.slice(this.at + 2, end - 1).split(/(\\[\s\S])/)) {
      const escaped = part.startsWith('\\') ? ESCAPES[part.charAt(1)] : part;
      if (escaped === undefined) this.word.addExpanded(part);
      else this.word.addQuoted(escaped);
    }
    this.at = end;
    return true;
  }

  private expandTo(end: number): boolean {
    this.word.addExpanded(this.text.slice(this.at, end));
    this.at = end;
    return true;
  }
}

/** A word that is being read. */
class Draft {
  private text = '';
  private pattern = '';
  private isWild = false;
  private isExpanded = false;

  addPlain(text: string): void {
    this.text += text;
    this.pattern += text;
    this.isWild ||= WILD.test(text);
  }

  addQuoted(text: string): void {
    this.text += text;
    this.pattern += text.replace(/[\\*?[\]{},]/g, '\\$&');
  }

  addExpanded(text: string): void {
    this.text += text;
    this.isExpanded = true;
  }

  finished(): Word {
    const { text, isExpanded, pattern } = this;
    const isList = pattern.includes('{') && (pattern.includes(',') || pattern.includes('..'));
    return { text, isExpanded, ...((this.isWild || isList) && !isExpanded ? { pattern } : {}) };
  }
}
