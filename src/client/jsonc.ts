import type * as library from 'jsonc-parser';

/** The library that reads JSON with comments; only the commands that touch a client's settings load it. */
export type Jsonc = Pick<
  typeof library,
  'applyEdits' | 'createScanner' | 'getNodeValue' | 'parseTree' | 'printParseErrorCode'
>;

export function loadJsonc(): Promise<Jsonc> {
  return import('jsonc-parser');
}

// The library has them as an enum that is gone when it is compiled.
/** Kinds of tokens. */
export const TOKEN = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  lineComment: 12,
  blockComment: 13,
  space: 15,
  end: 17,
} as const;
