import { HereDocuments } from './here-documents.js';
import { closingOf, lineEnd } from './shell-nesting.js';
import { WordReader, type Word } from './shell-words.js';

/** A simple command as it stands in a shell line. */
export interface SimpleCommand {
  words: Word[];
  redirects: Redirect[];
  /** What stands before it, and behind it: `;` for a line's end. */
  before: Operator;
  after: Operator;
  /** Whether it stands in something that may run it often, or not at all, or elsewhere: a loop, a condition, `$(…)`. */
  isNested: boolean;
}

export type Operator = ';' | '&' | '&&' | '||' | '|';

/** `2> file`: of which descriptor. */
export interface Redirect {
  arrow: '<' | '<<' | '>' | '>>';
  /** What it redirects; 1 without a number, `&` for `&>`. */
  from: string;
  /** The text itself behind `<<` and `<<<`; absent where it leads to another descriptor. */
  file?: Word;
}

/** In order: a command, or where a shell of its own begins and ends. */
export type Piece = SimpleCommand | 'open' | 'close';

/** Of a line, without the bodies of its here-documents. */
const LONGEST = 200_000;
/** Of a line with them. */
const LONGEST_WHOLE = 5_000_000;
const MOST_PIECES = 300;
const DEEPEST = 4;

/** What may stand before a command; `-p` only behind `time`. */
const PREFIXES = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', 'time', '-p', '!', '{']);
const BEGINS = new Set(['if', 'while', 'until', 'for', 'select', 'case', '{']);
const ENDS = new Set(['fi', 'done', 'esac', '}']);

/**
 * The commands of a shell line, in order. Nothing is executed or expanded. It ends at what does not end itself, such as
 * a quote: no shell would run that. Takes time in proportion to the line, up to a length.
 * @param depth How many commands it stands in: `$(…)`, `bash -c`.
 */
export function piecesOf(line: string, depth = 0): Piece[] {
  return depth > DEEPEST ? [] : new Syntax(line.slice(0, LONGEST_WHOLE), depth).read();
}

class Syntax {
  private readonly reader: WordReader;
  private readonly documents: HereDocuments;
  private readonly pieces: Piece[] = [];
  private skipped = 0;
  private parentheses = 0;
  private compounds = 0;
  /** Of each `case` that is open, in how many parentheses it stands. */
  private readonly cases: number[] = [];
  /** In how many parentheses the `((…))` stands that is open, with both of its own. */
  private arithmetic = Infinity;
  private words: Word[] = [];
  private redirects: Redirect[] = [];
  private before: Operator = ';';

  constructor(
    private readonly text: string,
    private readonly depth: number,
  ) {
    this.reader = new WordReader(text);
    this.documents = new HereDocuments(text);
  }

  read(): Piece[] {
    while (this.reader.at < this.text.length) {
      if (this.pieces.length >= MOST_PIECES || this.reader.at - this.skipped > LONGEST || !this.step())
        return this.pieces.slice(0, MOST_PIECES);
    }
    this.endCommand(';');
    return this.pieces;
  }

  /** Takes what begins here; false where it does not end. */
  private step(): boolean {
    switch (this.reader.char) {
      case ' ':
      case '\t':
      case '\r':
        return this.move(1);
      case '\n':
        return this.endLine();
      case '#':
        return this.moveTo(lineEnd(this.text, this.reader.at));
      case '(':
        return this.open();
      case ')':
        return this.close();
      case '<':
        return this.redirect('0');
      case '>':
        return this.redirect('1');
      default:
        return this.isOperator() ? this.operator() : this.takeWordOrRedirect();
    }
  }

  private isOperator(): boolean {
    return ';&|'.includes(this.reader.char) && !this.follows('&>');
  }

  private takeWordOrRedirect(): boolean {
    if (this.follows('\\\n')) return this.move(2);
    const start = this.text.slice(this.reader.at, this.reader.at + 3);
    const from = this.follows('&>') ? '&' : /^\d{1,2}(?=[<>])/.exec(start)?.[0];
    if (from === undefined) return this.takeWord();
    this.move(from.length);
    return this.redirect(from);
  }

  private follows(text: string): boolean {
    return this.text.startsWith(text, this.reader.at);
  }

  private move(by: number): boolean {
    this.reader.at += by;
    return true;
  }

  private moveTo(at: number): boolean {
    this.reader.at = at;
    return true;
  }

  private endLine(): boolean {
    this.endCommand(';');
    const from = this.reader.at + 1;
    const to = this.documents.skip(from);
    this.skipped += to - from;
    return this.moveTo(to);
  }

  private operator(): boolean {
    const two = this.text.slice(this.reader.at, this.reader.at + 2);
    const isTwo = ['&&', '||', '|&', ';;'].includes(two);
    const one = this.reader.char === '&' ? '&' : this.reader.char === '|' ? '|' : ';';
    this.endCommand(two === '&&' || two === '||' ? two : one);
    return this.move(isTwo ? 2 : 1);
  }

  private open(): boolean {
    const { reader } = this;
    // `list=(…)` is no command.
    if (this.text[reader.at - 1] === '=') {
      const end = closingOf(this.text, reader.at + 1, '(');
      return end !== undefined && this.moveTo(end + 1);
    }
    this.endCommand(';');
    this.pieces.push('open');
    this.parentheses += 1;
    if (this.follows('((')) this.arithmetic = Math.min(this.arithmetic, this.parentheses + 1);
    return this.move(1);
  }

  private close(): boolean {
    if (this.parentheses === (this.cases.at(-1) ?? 0)) {
      // What stands before it is a pattern of `case`.
      this.words = [];
      this.redirects = [];
    } else {
      this.endCommand(';');
      this.pieces.push('close');
      this.parentheses -= 1;
      if (this.parentheses < this.arithmetic) this.arithmetic = Infinity;
    }
    return this.move(1);
  }

  private redirect(from: string): boolean {
    // There it compares.
    if (this.words[0]?.text === '[[') return this.move(1);
    if (this.follows('<<')) return this.takeText(from);
    if (this.follows('<(') || this.follows('>(')) return this.takeProcess();
    const arrow = this.follows('>>') ? '>>' : this.follows('<') ? '<' : '>';
    this.move(this.follows('>|') ? 2 : arrow.length);
    const isToDescriptor = this.follows('&') && this.move(1);
    const file = this.readBehind();
    if (file !== undefined) this.redirects.push(redirectTo(file, arrow, from, isToDescriptor));
    return file !== undefined;
  }

  /** `<<` and `<<<`; in `((…))` it shifts. */
  private takeText(from: string): boolean {
    if (this.follows('<<<')) {
      this.move(3);
      const file = this.readBehind();
      if (file !== undefined) this.redirects.push({ arrow: '<<', from, file });
      return file !== undefined;
    }
    if (this.parentheses >= this.arithmetic) return this.move(2);
    const { next, body } = this.documents.begin(this.reader.at + 2);
    this.redirects.push({ arrow: '<<', from, file: body });
    return this.moveTo(next);
  }

  /** The word behind an arrow. */
  private readBehind(): Word | undefined {
    while (this.reader.char === ' ' || this.reader.char === '\t') this.move(1);
    if (this.follows('<(') || this.follows('>(')) {
      this.takeProcess();
      return this.words.pop();
    }
    const word = this.reader.read();
    this.takeInner();
    return word;
  }

  /** `<(…)` is a word, and a command of its own. */
  private takeProcess(): boolean {
    const end = closingOf(this.text, this.reader.at + 2, '(');
    if (end === undefined) return false;
    this.reader.inner.push(this.text.slice(this.reader.at + 2, end));
    this.words.push({ text: '', isExpanded: true });
    this.takeInner();
    return this.moveTo(end + 1);
  }

  private takeWord(): boolean {
    const start = this.reader.at;
    const word = this.reader.read();
    if (word === undefined) return false;
    this.takeInner();
    const isKeyword = this.words.length === 0 && this.text.slice(start, this.reader.at) === word.text;
    if (isKeyword) this.noteKeyword(word.text);
    if (!isKeyword || !PREFIXES.has(word.text)) this.words.push(word);
    return true;
  }

  private noteKeyword(keyword: string): void {
    if (BEGINS.has(keyword)) this.compounds += 1;
    if (ENDS.has(keyword)) this.compounds = Math.max(0, this.compounds - 1);
    if (keyword === 'case') this.cases.push(this.parentheses);
    if (keyword === 'esac') this.cases.pop();
  }

  /** The commands inside of words are run before the command that they belong to. */
  private takeInner(): void {
    for (const inner of this.reader.inner.splice(0)) {
      const pieces = piecesOf(inner, this.depth + 1).slice(0, MOST_PIECES - this.pieces.length);
      const nested = pieces.map((piece) =>
        typeof piece === 'string' ? piece : { ...piece, isNested: true },
      );
      this.pieces.push('open', ...nested, 'close');
    }
  }

  private endCommand(after: Operator): void {
    const { words, redirects, before } = this;
    if (words.length > 0 || redirects.length > 0) {
      const isNested = this.depth > 0 || this.parentheses > 0 || this.compounds > 0;
      this.pieces.push({ words, redirects, before, after, isNested });
    }
    this.words = [];
    this.redirects = [];
    this.before = after;
  }
}

/** `>& file` is that of both; `>&2` leads where the other one does. */
function redirectTo(file: Word, arrow: Redirect['arrow'], from: string, isToDescriptor: boolean): Redirect {
  if (isToDescriptor && /^(?:\d+-?|-)$/.test(file.text)) return { arrow, from };
  return { arrow, from: isToDescriptor ? '&' : from, file };
}
