import { HereDocuments } from './here-documents.js';

/**
 * What may be open: `$(…)` and `(…)`; `((…))`, in which `<<` shifts; `${…}`; `"${x:-…}"`, in which a single quote stands
 * for itself; and double quotes.
 */
type Opening = '(' | '((' | '{' | '"{' | '"';

const CLOSES: Record<Opening, string> = { '(': ')', '((': ')', '{': '}', '"{': '}', '"': '"' };
const USES_WORD = /!?(?:\w+|[@*#?$!-])(?:\[[^\]\n]{0,100}\])?:?[-+=?]/y;

/**
 * Where what has been opened in a shell line ends. Each character is looked at once.
 * @param at Behind the opening one.
 * @returns The place of the closing one, or undefined where there is none.
 */
export function closingOf(text: string, at: number, opening: '(' | '{' | '"{'): number | undefined {
  const nesting = new Nesting(text, opening);
  for (let from = at; from < text.length;) {
    const next = nesting.step(from);
    if (next === undefined) return undefined;
    if (nesting.isClosed) return from;
    from = next;
  }
  return undefined;
}

/**
 * What `${` opens.
 * @param at Behind it.
 * @param isQuoted Whether it stands in double quotes.
 */
export function braceAt(text: string, at: number, isQuoted: boolean): '{' | '"{' {
  USES_WORD.lastIndex = at;
  return isQuoted && USES_WORD.test(text) ? '"{' : '{';
}

/** What is open at a place of a shell line, innermost last. */
class Nesting {
  private readonly open: Opening[];
  private readonly documents: HereDocuments;

  constructor(
    private readonly text: string,
    opening: Opening,
  ) {
    this.open = [opening];
    this.documents = new HereDocuments(text);
  }

  get isClosed(): boolean {
    return this.open.length === 0;
  }

  /** Looks at one character; undefined where a quote does not end. */
  step(at: number): number | undefined {
    const char = this.text.charAt(at);
    const inner = this.open.at(-1) ?? '(';
    if (char === '\\') return at + 2;
    if (char === CLOSES[inner]) this.open.pop();
    else if (char === '`') return afterEscaped(this.text, at + 1, '`');
    else if (char === '$') return this.stepExpansion(at, inner);
    else if (inner !== '"') return this.stepUnquoted(at, char, inner);
    return at + 1;
  }

  private stepExpansion(at: number, inner: Opening): number | undefined {
    const next = this.text.charAt(at + 1);
    const isQuoted = inner === '"' || inner === '"{';
    if (next === '(') return this.enter('(', at + 2);
    if (next === '{') return this.enter(braceAt(this.text, at + 2, isQuoted), at + 2);
    if (next === "'" && !isQuoted) return afterEscaped(this.text, at + 2, "'");
    // `$$` is a variable: what comes behind it is not expanded with the second one.
    return next === '$' ? at + 2 : at + 1;
  }

  private stepUnquoted(at: number, char: string, inner: Opening): number | undefined {
    if (char === "'" && inner !== '"{') return after(this.text.indexOf("'", at + 1));
    if (char === '"') return this.enter('"', at + 1);
    if (!inner.startsWith('(')) return at + 1;
    if (char === '(') return this.enter(this.text[at - 1] === '(' ? '((' : inner, at + 1);
    if (char === '<' && this.text[at + 1] === '<' && inner === '(')
      return this.text[at + 2] === '<' ? at + 3 : this.documents.begin(at + 2).next;
    if (char === '\n') return this.documents.skip(at + 1);
    if (char === '#' && /[\s;(]/.test(this.text.charAt(at - 1))) return lineEnd(this.text, at);
    return at + 1;
  }

  private enter(opening: Opening, behind: number): number {
    this.open.push(opening);
    return behind;
  }
}

/** Behind the quote that ends what begins at a place, where `\` escapes it; undefined where there is none. */
export function afterEscaped(text: string, at: number, quote: '`' | "'"): number | undefined {
  for (let from = at; from < text.length; from += 1) {
    if (text[from] === '\\') from += 1;
    else if (text[from] === quote) return from + 1;
  }
  return undefined;
}

/** The end of the line in which a place stands. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function after(place: number): number | undefined {
  return place === -1 ? undefined : place + 1;
}
