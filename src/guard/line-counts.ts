/** How often each line stands in a content. */
export type LineCounts = ReadonlyMap<string, number>;

/** Lines by what they are compared by; an empty word stands for a line that is not compared. */
type LineKey = (line: string) => string;

/** As it is, whatever ends it. */
export const exactly: LineKey = (line) => line.replace(/\r$/, '');
/** But for what formatters change; a line without a word is not compared. */
export const butLayout: LineKey = (line) => (hasWord(line) ? line.replace(/[\s'"`,;()]+/g, '') : '');

export function lineCounts(content: Buffer, key: LineKey): LineCounts {
  const counts = new Map<string, number>();
  for (const line of linesIn(content, key)) add(counts, line, 1);
  counts.delete('');
  return counts;
}

function linesIn(content: Buffer, key: LineKey): string[] {
  return content.toString('utf8').split('\n').map(key);
}

/** The lines that a content has more often than another, and by how much. */
export function moreIn(one: LineCounts, other: LineCounts): Map<string, number> {
  const more = new Map<string, number>();
  for (const [line, count] of one) {
    const difference = count - (other.get(line) ?? 0);
    if (difference > 0) more.set(line, difference);
  }
  return more;
}

/** Whether lines that two contents have once each stand in another order in them. */
export function isReordered(one: Buffer, other: Buffer): boolean {
  const [inOne, inOther] = [lineCounts(one, exactly), lineCounts(other, exactly)];
  const common = (content: Buffer): string[] =>
    linesIn(content, exactly).filter(
      (line) => hasWord(line) && inOne.get(line) === 1 && inOther.get(line) === 1,
    );
  const [was, is] = [common(one), common(other)];
  return was.some((line, at) => line !== is[at]);
}

/** Takes lines out of others. @returns Whether any of them was there. */
export function takeOut(from: Map<string, number>, lines: LineCounts): boolean {
  let found = false;
  for (const [line, count] of lines) {
    const there = from.get(line);
    if (there === undefined) continue;
    found = true;
    if (there <= count) from.delete(line);
    else from.set(line, there - count);
  }
  return found;
}

/** Lines that tell whose they are: brackets and empty ones do not, unless there is nothing else. */
export function tellingLines(lines: Map<string, number>): Map<string, number> {
  const telling = new Map([...lines].filter(([line]) => hasWord(line)));
  return telling.size > 0 ? telling : lines;
}

export function sumOf(lines: LineCounts): number {
  return [...lines.values()].reduce((sum, count) => sum + count, 0);
}

function hasWord(line: string): boolean {
  return /[\p{L}\p{N}_]/u.test(line);
}

function add(counts: Map<string, number>, line: string, count: number): void {
  counts.set(line, (counts.get(line) ?? 0) + count);
}
