/** How often each line stands in a content; undefined for what is no text. */
export type Lines = ReadonlyMap<string, number> | undefined;

/** A change by its lines: how many more or fewer of each there are since. Undefined where no lines can be compared. */
export type LineChange = ReadonlyMap<string, number> | undefined;

/**
 * Whether a later content undoes a change: lines that it brought are gone again, or lines that it took are back. Where no
 * lines can be compared, or lines only changed places, it counts as undone.
 */
export function isUndone(change: { before: Buffer; after: Buffer }, later: Buffer): boolean {
  const { before, after } = change;
  if (after.equals(later)) return false;
  const made = linesOf(after);
  return isTakenBack(lineChange(linesOf(before), made), made, linesOf(later));
}

export function linesOf(content: Buffer): Lines {
  if (content.includes(0)) return undefined;
  const lines = new Map<string, number>();
  for (const line of content.toString('utf8').split('\n')) lines.set(line, many(lines, line) + 1);
  return lines;
}

export function lineChange(before: Lines, after: Lines): LineChange {
  if (before === undefined || after === undefined) return undefined;
  const change = new Map<string, number>();
  for (const line of new Set([...before.keys(), ...after.keys()])) {
    const brought = many(after, line) - many(before, line);
    if (brought !== 0) change.set(line, brought);
  }
  return change;
}

/** Whether a later content, which is another than the change made, undoes it: {@link isUndone}. */
export function isTakenBack(change: LineChange, made: Lines, later: Lines): boolean {
  if (change === undefined || made === undefined || later === undefined) return true;
  for (const [line, brought] of change) if (brought * (many(later, line) - many(made, line)) < 0) return true;
  return change.size === 0;
}

function many(lines: ReadonlyMap<string, number>, line: string): number {
  return lines.get(line) ?? 0;
}

/** Whether two contents differ only in what formatters change: white space, quotes, commas, semicolons, parentheses. */
export function sameButLayout(one: Buffer, other: Buffer): boolean {
  if (one.includes(0) || other.includes(0)) return false;
  return withoutLayout(one) === withoutLayout(other);
}

/** A text without what formatters change. */
export function withoutLayout(content: Buffer): string {
  return content.toString('utf8').replace(/[\s'"`,;()]+/g, '');
}
