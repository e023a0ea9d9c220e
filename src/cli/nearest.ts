/** The candidate that was most likely meant, or undefined when none is near. */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of candidates) {
    const distance = name.startsWith(typed) && typed.length > 1 ? 0.5 : editDistance(typed, name);
    if (distance < (best?.distance ?? Math.max(2, typed.length * 0.4) + 0.1)) best = { name, distance };
  }
  return best?.name;
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one word to the other. */
function editDistance(one: string, other: string): number {
  const distance = new Map<string, number>();
  const at = (i: number, j: number): number =>
    i < 0 || j < 0 ? Infinity : (distance.get(`${i},${j}`) ?? Math.max(i, j));
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const ways = [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (isSame ? 0 : 1)];
      if (isSwapped) ways.push(at(i - 2, j - 2) + 1);
      distance.set(`${i},${j}`, Math.min(...ways));
    }
  }
  return at(one.length, other.length);
}
