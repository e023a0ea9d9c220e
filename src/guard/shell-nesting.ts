import { HereDocuments } from './here-documents.js';

const CLOSES: Record<string, string> = { '(': ')', '{': '}', '"': '"' };

/**
 * Where what has been opened in a shell line ends: `$(…)`, `${…}`, `(…)`. Each character is looked at once.
 * @param at Behind the opening one.
 * @returns The place of the closing one, or undefined where there is none.
 */
export function closingOf(text: string, at: number, opening: '(' | '{'): number | undefined {
  const nesting = new Nesting(text, opening);
  for (let from = at; from < text.length;) {
    const next = nesting.step(from);
    if (next === undefined) return undefined;
    if (nesting.isClosed) return from;
    from = next;
  }
  return undefined;
}

/** What is open at a place of a shell line, innermost last. */
class Nesting {
  private readonly open: string[];
  private readonly documents: HereDocuments;

  constructor(
    private readonly text: string,
    opening: string,
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
    const inner = this.open.at(-1) ?? '';
    if (char === '\\') return at + 2;
    if (char === CLOSES[inner]) this.open.pop();
    else if (char === '`') return afterBackquote(this.text, at + 1);
    else if (char === '$' && '({'.includes(this.text[at + 1] ?? ' ')) return this.enter(at + 1);
    else if (inner !== '"') return this.stepUnquoted(at, char);
    return at + 1;
  }

  private stepUnquoted(at: number, char: string): number | undefined {
    if (char === "'") return after(this.text.indexOf("'", at + 1));
    if (char === '"') return this.enter(at);
    if (this.open.at(-1) !== '(') return at + 1;
    if (char === '(') return this.enter(at);
    if (char === '<' && this.text[at + 1] === '<')
      return this.text[at + 2] === '<' ? at + 3 : this.documents.begin(at + 2);
    if (char === '\n') return this.documents.skip(at + 1);
    if (char === '#' && /[\s;(]/.test(this.text.charAt(at - 1))) return lineEnd(this.text, at);
    return at + 1;
  }

  private enter(at: number): number {
    this.open.push(this.text.charAt(at));
    return at + 1;
  }
}

/** Behind the backquote that ends what begins at a place; undefined where there is none. */
export function afterBackquote(text: string, at: number): number | undefined {
  for (let from = at; from < text.length; from += 1) {
    if (text[from] === '\\') from += 1;
    else if (text[from] === '`') return from + 1;
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
