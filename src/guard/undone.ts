/**
 * Whether a later content undoes a change: lines that it brought are gone again, or lines that it took are back. Where no
 * lines can be compared, or lines only changed places, it counts as undone.
 */
export function isUndone(change: { before: Buffer; after: Buffer }, later: Buffer): boolean {
  const { before, after } = change;
  if (after.equals(later)) return false;
  if ([before, after, later].some((content) => content.includes(0))) return true;
  const [old, made, now] = [linesOf(before), linesOf(after), linesOf(later)];
  let isMove = true;
  for (const line of new Set([...old.keys(), ...made.keys()])) {
    const brought = many(made, line) - many(old, line);
    if (brought !== 0) isMove = false;
    if (brought * (many(now, line) - many(made, line)) < 0) return true;
  }
  return isMove;
}

function linesOf(content: Buffer): Map<string, number> {
  const lines = new Map<string, number>();
  for (const line of content.toString('utf8').split('\n')) lines.set(line, many(lines, line) + 1);
  return lines;
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
