import type * as Yaml from 'yaml';
import type { Problems } from './problems.js';

/** Plans need six levels, JSON schemas of results perhaps thirty. */
export const MAX_DEPTH = 100;
/** A plan of 2 000 tasks has about 200 000; the parser needs up to 10 µs for each. */
const MAX_TOKENS = 300_000;

// Marks that the lexer puts between tokens and that are no part of the text.
const MARKS = new Set(['doc-mode', 'flow-error-end', 'scalar']);
const INDICATORS = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);
const OPENS = new Map([
  ['flow-seq-start', 'flow-seq-end'],
  ['flow-map-start', 'flow-map-end'],
]);

/** Why a text is not parsed. */
export interface TooMuch {
  offset: number;
  reason: 'levels' | 'tokens';
}

/** Says that a file is nested too deep. */
export function addTooDeep(problems: Problems, offset: number): void {
  problems.add(offset, 'TOO_DEEP', `The file is nested more than ${MAX_DEPTH} levels deep`, 'fewer levels');
}

/**
 * Where a text first nests far deeper than 100 levels, or has too many parts, without parsing it: the parser and the
 * composer behind the lexer call themselves once for each level, and 10 000 levels overflow the stack. Flow levels
 * are counted by their brackets, block levels by the columns that open on the way; both may count a little high.
 */
export function tooMuchIn(text: string, yaml: typeof Yaml): TooMuch | undefined {
  const levels = new Levels();
  let [offset, tokens] = [0, 0];
  for (const token of new yaml.Lexer().lex(text)) {
    const type = yaml.CST.tokenType(token) ?? 'text';
    if (MARKS.has(type)) continue;
    levels.see(token, type);
    if (levels.count > 2 * MAX_DEPTH) return { offset, reason: 'levels' };
    if ((tokens += 1) > MAX_TOKENS) return { offset, reason: 'tokens' };
    offset += token.length;
  }
  return undefined;
}

/** The brackets and columns that are open after each token. */
class Levels {
  readonly #closers: string[] = [];
  readonly #columns: number[] = [];
  #column = 0;
  #isLineHead = true;

  get count(): number {
    return this.#closers.length + this.#columns.length;
  }

  see(token: string, type: string): void {
    const closer = OPENS.get(type);
    if (closer !== undefined) this.#closers.push(closer);
    else if (this.#closers.at(-1) === type) this.#closers.pop();
    if (type === 'newline') this.#isLineHead = true;
    else if (type !== 'space' && this.#closers.length === 0) this.#openColumn(type);
    const lastBreak = token.lastIndexOf('\n');
    this.#column = lastBreak === -1 ? this.#column + token.length : token.length - lastBreak - 1;
  }

  #openColumn(type: string): void {
    while (this.#isLineHead && (this.#columns.at(-1) ?? -1) >= this.#column) this.#columns.pop();
    if (this.#isLineHead || type === 'text' || INDICATORS.has(type)) this.#columns.push(this.#column);
    this.#isLineHead = false;
  }
}
