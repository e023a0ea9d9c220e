/** How many plain patterns one pattern may stand for. Real ones stay below ten. */
const MAX_EXPANSIONS = 128;

const BRACKETS = /\\.|\[[!^]?\]?[^\]/]+\]/g;

/**
 * Writes a pattern out as the patterns without braces that it stands for. Brackets come out twice, as a set of
 * characters and as the characters themselves (escaped), since files are really called `[id].tsx`; so do braces.
 * @returns Undefined when there are more than 128.
 */
export function expandPattern(pattern: string): string[] | undefined {
  const texts = expandBraces(pattern);
  if (texts === undefined) return undefined;
  if (texts.length > 1) texts.push(escapeBraces(pattern));
  const expanded = new Set<string>();
  for (const text of texts) {
    for (const reading of bracketReadings(text)) {
      expanded.add(reading);
      if (expanded.size > MAX_EXPANSIONS) return undefined;
    }
  }
  return [...expanded];
}

function expandBraces(pattern: string): string[] | undefined {
  const done: string[] = [];
  const open: { text: string; from: number }[] = [{ text: pattern, from: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = firstGroup(next.text, next.from);
    if (group === undefined) done.push(next.text);
    else {
      const { text } = next;
      const [head, tail] = [text.slice(0, group.start), text.slice(group.end + 1)];
      for (const part of group.parts) open.push({ text: head + part + tail, from: group.start });
    }
    if (done.length + open.length > MAX_EXPANSIONS) return undefined;
  }
  return done;
}

interface Group {
  start: number;
  end: number;
  parts: string[];
}

/** The first `{a,b}` or `{1..3}` from an offset on; braces that hold neither are ordinary characters. */
function firstGroup(text: string, from: number): Group | undefined {
  for (let start = nextOpen(text, from); start !== -1; start = nextOpen(text, start + 1)) {
    const commas: number[] = [];
    const end = closingBrace(text, start, commas);
    if (end === undefined) continue;
    if (commas.length > 0) return { start, end, parts: cut(text, start, end, commas) };
    const range = numberRange(text.slice(start + 1, end));
    if (range !== undefined) return { start, end, parts: range };
  }
  return undefined;
}

function nextOpen(text: string, from: number): number {
  let at = text.indexOf('{', from);
  while (at > 0 && text[at - 1] === '\\') at = text.indexOf('{', at + 1);
  return at;
}

function closingBrace(text: string, start: number, commas: number[]): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '{') depth += 1;
    else if (char === ',' && depth === 1) commas.push(at);
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return undefined;
}

function cut(text: string, start: number, end: number, commas: number[]): string[] {
  const cuts = [start, ...commas, end];
  return cuts.slice(1).map((to, index) => text.slice((cuts[index] ?? start) + 1, to));
}

function numberRange(body: string): string[] | undefined {
  const ends = /^(\d{1,6})\.\.(\d{1,6})$/.exec(body);
  if (ends === null) return undefined;
  const [low, high] = [Number(ends[1]), Number(ends[2])].sort((a, b) => a - b) as [number, number];
  const count = Math.min(high - low, MAX_EXPANSIONS) + 1;
  return Array.from({ length: count }, (_, index) => String(low + index));
}

function escapeBraces(text: string): string {
  return text.replace(/\\.|[{}]/g, (found) => (found.startsWith('\\') ? found : `\\${found}`));
}

/** Both readings of each bracket; past the first six only the set of characters, to stay bounded. */
function bracketReadings(text: string): string[] {
  const sets = [...text.matchAll(BRACKETS)].filter(([found]) => !found.startsWith('\\'));
  if (sets.length > 6) return [text, text.replace(BRACKETS, escapeBrackets)];
  let readings = [''];
  let from = 0;
  for (const set of sets) {
    const between = text.slice(from, set.index);
    readings = readings.flatMap((head) => [head + between + set[0], head + between + escapeBrackets(set[0])]);
    from = set.index + set[0].length;
  }
  return readings.map((head) => head + text.slice(from));
}

function escapeBrackets(set: string): string {
  return set.startsWith('\\') ? set : set.replace(/[[\]*?!^-]/g, '\\$&');
}
