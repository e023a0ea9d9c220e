import type { Word } from './shell-words.js';

/** A here-document whose body has not been passed yet. */
interface Pending {
  end: string;
  isIndented: boolean;
  isQuoted: boolean;
  body: Word;
}

/** What a shell replaces in a body whose end is not quoted, unless it is escaped. */
const EXPANDED = /`|\$[\w({@*#?$!-]/;

/** The here-documents that begin on a line of a shell script, whose bodies stand behind its end. */
export class HereDocuments {
  private readonly pending: Pending[] = [];

  constructor(private readonly text: string) {}

  /**
   * Takes the beginning of one.
   * @param at Behind `<<`.
   * @returns Where the line goes on, and the body; what it holds is known when it has been left out.
   */
  begin(at: number): { next: number; body: Word } {
    const isIndented = this.text[at] === '-';
    let from = isIndented ? at + 1 : at;
    while (this.text[from] === ' ' || this.text[from] === '\t') from += 1;
    const start = from;
    let end = '';
    while (from < this.text.length && !' \t\n;&|()<>'.includes(this.text.charAt(from))) {
      const to = this.behindPart(from);
      end += this.text.slice(from, to).replace(/^'([^]*)'$|^"([^]*)"$|^\\([^]*)$/, '$1$2$3');
      from = to;
    }
    const body: Word = { text: '', isExpanded: false };
    const isQuoted = /['"\\]/.test(this.text.slice(start, from));
    if (end !== '' || isQuoted) this.pending.push({ end, isIndented, isQuoted, body });
    return { next: from, body };
  }

  /** Behind a quoted part or one character of the word that ends a body. */
  private behindPart(from: number): number {
    const char = this.text.charAt(from);
    if (char === '\\') return Math.min(from + 2, this.text.length);
    if (char !== '"' && char !== "'") return from + 1;
    const closing = this.text.indexOf(char, from + 1);
    return closing === -1 ? this.text.length : closing + 1;
  }

  /**
   * Leaves out the bodies of those that have begun.
   * @param at Behind a line's end.
   */
  skip(at: number): number {
    let from = at;
    for (const pending of this.pending.splice(0)) from = this.skipOne(from, pending);
    return from;
  }

  private skipOne(at: number, pending: Pending): number {
    const end = this.endOf(at, pending);
    pending.body.text = this.text.slice(at, end);
    return end;
  }

  private endOf(at: number, { end, isIndented, isQuoted, body }: Pending): number {
    for (let from = at; from < this.text.length;) {
      const lineEnd = this.text.indexOf('\n', from);
      const to = lineEnd === -1 ? this.text.length : lineEnd;
      const line = this.text.slice(from, to);
      if ((isIndented ? line.replace(/^\t+/, '') : line) === end) return to;
      body.isExpanded ||= !isQuoted && EXPANDED.test(line.replace(/\\./g, ''));
      from = to + 1;
    }
    return this.text.length;
  }
}
