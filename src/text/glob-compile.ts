import { expandPattern } from './glob-expand.js';

/** Longest pattern that is read; git itself refuses paths over 4 096 bytes, people stay below 200. */
const MAX_PATTERN_CHARS = 1_000;

const CACHE_LIMIT = 5_000;
const LAST_CODE_POINT = 0x10ffff;
const SLASH = 0x2f;

export type Range = readonly [number, number];
/** What stands for one character (a set of code points), or `*`. */
export type Token = '*' | readonly Range[];
export type Segment = '**' | { literal?: string; tokens: readonly Token[] };

/** One reading of a pattern: folder by folder. */
export interface Reading {
  /** The path itself, when there is nothing to match in it; such a pattern covers what is below it too. */
  literal?: string;
  segments: Segment[];
  size: number;
}

const compiled = new Map<string, Reading[] | undefined>();

/** @returns Undefined for a pattern that cannot be read within bounds: it has to count as covering everything. */
export function compilePattern(pattern: string): Reading[] | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  if (compiled.size >= CACHE_LIMIT) compiled.clear();
  const readings = readPattern(pattern);
  compiled.set(pattern, readings);
  return readings;
}

function readPattern(pattern: string): Reading[] | undefined {
  if (pattern.length > MAX_PATTERN_CHARS) return undefined;
  const readings = expandPattern(pattern)?.map(readAlternative);
  return readings?.some(climbs) ? undefined : readings;
}

function climbs(reading: Reading): boolean {
  return reading.segments.some((segment) => segment !== '**' && segment.literal === '..');
}

function readAlternative(text: string): Reading {
  const segments = partsOf(text).flatMap(readSegment);
  const names = segments.flatMap((segment) => (segment === '**' ? [] : (segment.literal ?? [])));
  const isLiteral = names.length === segments.length;
  if (isLiteral || text.endsWith('/')) segments.push('**');
  const size = segments.reduce((sum, segment) => sum + (segment === '**' ? 1 : segment.tokens.length + 1), 0);
  return isLiteral ? { literal: names.join('/'), segments, size } : { segments, size };
}

/** A path is a pattern of which every character stands for itself, and which covers nothing below it. */
export function compilePath(path: string): Reading {
  const segments = partsOf(path).map((part) => ({ literal: part, tokens: [...part].map(single) }));
  return { literal: plainPath(path), segments, size: path.length + 1 };
}

/** A path without what says nothing in it: `./src//a.ts` is `src/a.ts`. */
export function plainPath(path: string): string {
  return partsOf(path).join('/');
}

function partsOf(text: string): string[] {
  return text.split('/').filter((part) => part !== '' && part !== '.');
}

function readSegment(text: string): Segment[] {
  if (/^\*\*+$/.test(text)) return ['**'];
  // `**.ts` reaches into folders in some matchers and not in others: take the reading that covers more.
  if (text.startsWith('**')) return ['**', ...readSegment(text.replace(/^\*+/, '*'))];
  const tokens = readTokens(text);
  const literal = literalOf(tokens);
  return [literal === undefined ? { tokens } : { literal, tokens }];
}

const TOKEN = /\\[^a-zA-Z0-9]|\*+|\?|\[[!^]?\]?[^\]]+\]|[^]/gu;

function readTokens(text: string): Token[] {
  return (text.match(TOKEN) ?? []).map((part) => {
    if (part.startsWith('*')) return '*';
    if (part === '?') return withoutSlash([[0, LAST_CODE_POINT]]);
    if (part.startsWith('[') && part.length > 1) return characterSet(part.slice(1, -1));
    return single(part.length > 1 && part.startsWith('\\') ? part.slice(1) : part);
  });
}

function single(char: string): Range[] {
  const code = char.codePointAt(0) ?? 0;
  return [[code, code]];
}

function literalOf(tokens: Token[]): string | undefined {
  let text = '';
  for (const token of tokens) {
    const [range] = token;
    if (token === '*' || typeof range !== 'object' || token.length !== 1 || range[0] !== range[1])
      return undefined;
    text += String.fromCodePoint(range[0]);
  }
  return text;
}

function characterSet(body: string): Range[] {
  const isNegated = /^[!^]/.test(body);
  const chars = [...(isNegated ? body.slice(1) : body)];
  const ranges: Range[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const low = chars[at]?.codePointAt(0) ?? 0;
    const high = chars[at + 1] === '-' ? chars[at + 2]?.codePointAt(0) : undefined;
    ranges.push(high === undefined ? [low, low] : [Math.min(low, high), Math.max(low, high)]);
    if (high !== undefined) at += 2;
  }
  return withoutSlash(isNegated ? complement(ranges) : ranges);
}

function complement(ranges: Range[]): Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (low > from) gaps.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  return from <= LAST_CODE_POINT ? [...gaps, [from, LAST_CODE_POINT]] : gaps;
}

function withoutSlash(ranges: Range[]): Range[] {
  return ranges.flatMap(([low, high]): Range[] => {
    if (low > SLASH || high < SLASH) return [[low, high]];
    return [[low, SLASH - 1] as const, [SLASH + 1, high] as const].filter(([from, to]) => from <= to);
  });
}
