import type * as Yaml from 'yaml';
import { messageOf } from '../../error/index.js';
import { ScriptMistake } from './fields.js';

/** A value of a YAML file with the line it stands on. */
export interface Located {
  value: unknown;
  /** From 1. */
  line: number;
  /** The entries of a mapping, in order. */
  entries?: [string, Located][];
  items?: Located[];
}

/** Parses YAML and keeps where each value stands. */
export async function locate(source: string): Promise<Located> {
  const yaml = await import('yaml');
  try {
    return parse(source, yaml);
  } catch (error) {
    // What yaml throws for a bomb of aliases, and the engine for nesting without end.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    throw new ScriptMistake(messageOf(error), 1);
  }
}

function parse(source: string, yaml: typeof Yaml): Located {
  const { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument } = yaml;
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new ScriptMistake(mistake.message, counter.linePos(mistake.pos[0]).line);

  function located(given: unknown, fallbackLine: number): Located {
    const node = isNode(given) ? given : undefined;
    const line = node?.range ? counter.linePos(node.range[0]).line : fallbackLine;
    const value: unknown = node?.toJS(document) ?? null;
    if (isSeq(given)) return { value, line, items: given.items.map((item) => located(item, line)) };
    if (!isMap(given)) return { value, line };
    const entries = given.items.map(({ key, value: content }): [string, Located] => [
      isScalar(key) ? String(key.value) : '',
      located(content, line),
    ]);
    return { value, line, entries };
  }

  return located(document.contents, 1);
}

export function entriesOf(located: Located, what: string): [string, Located][] {
  if (located.entries === undefined) throw new ScriptMistake(`${what} must be a mapping`, located.line);
  return located.entries;
}

export function itemsOf(located: Located, what: string): Located[] {
  if (located.items === undefined) throw new ScriptMistake(`${what} must be a list`, located.line);
  return located.items;
}
