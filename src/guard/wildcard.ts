/** One place of a pattern. */
type Place = { kind: 'any-text' } | { kind: 'one'; fits: (char: string) => boolean };

/**
 * Whether a text fits a pattern of `*`, `?` and `[…]`, in which `\` escapes; `*` and `?` stand for any character.
 * Takes time in proportion to the product of their lengths.
 */
export function fits(pattern: string, text: string): boolean {
  const places = placesOf(pattern);
  let [at, from] = [0, 0];
  let [star, behindStar] = [-1, 0];
  while (from < text.length) {
    const place = places[at];
    if (place?.kind === 'any-text') {
      [star, behindStar] = [at, from];
      at += 1;
    } else if (place?.fits(text.charAt(from)) === true) {
      at += 1;
      from += 1;
    } else if (star === -1) return false;
    else {
      behindStar += 1;
      [at, from] = [star + 1, behindStar];
    }
  }
  return places.slice(at).every(({ kind }) => kind === 'any-text');
}

/**
 * Whether a path fits a pattern of which `*` and `?` stand for no `/`, and `**` for any folders, as git's `:(glob)` and
 * its ignore files have it. Takes time in proportion to the product of their lengths.
 */
export function fitsPath(pattern: string, path: string): boolean {
  const names = path.split('/');
  const parts = pattern.split('/');
  // How many names the parts so far may stand for.
  let fitting = new Set([0]);
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1;
    const next = new Set<number>();
    if (/^\*{2,}$/.test(part)) {
      const least = Math.min(...fitting) + (isLast ? 1 : 0);
      for (let many = least; many <= names.length; many += 1) next.add(many);
    } else
      for (const many of fitting) {
        const name = names[many];
        if (name !== undefined && fits(part, name)) next.add(many + 1);
      }
    fitting = next;
  }
  return fitting.has(names.length);
}

/** Where the first part of a pattern stands that may fit more than one text; -1 where there is none. */
export function firstWild(pattern: string): number {
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if ('*?['.includes(pattern.charAt(at))) return at;
  }
  return -1;
}

/** A pattern without its escapes. */
export function unescaped(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, '$1');
}

function placesOf(pattern: string): Place[] {
  const places: Place[] = [];
  for (let at = 0; at < pattern.length;) {
    const char = pattern.charAt(at);
    const set = char === '[' ? setAt(pattern, at) : undefined;
    if (set !== undefined) {
      places.push({ kind: 'one', fits: set.fits });
      at = set.end;
    } else if (char === '*') {
      if (places.at(-1)?.kind !== 'any-text') places.push({ kind: 'any-text' });
      at += 1;
    } else if (char === '?') {
      places.push({ kind: 'one', fits: () => true });
      at += 1;
    } else {
      const literal = char === '\\' ? pattern.charAt(at + 1) : char;
      places.push({ kind: 'one', fits: (each) => each === literal });
      at += char === '\\' ? 2 : 1;
    }
  }
  return places;
}

const LONGEST_SET = 200;

/** `[a-z]`, `[!a-z]`; undefined where it does not end, so that `[` stands for itself. */
function setAt(pattern: string, at: number): { fits: (char: string) => boolean; end: number } | undefined {
  const [whole, not = '', members = ''] =
    /^\[([!^]?)(\]?(?:\[:[a-z]+:\]|\\[\s\S]|[^\]\\])*)\]/.exec(pattern.slice(at, at + LONGEST_SET)) ?? [];
  if (whole === undefined) return undefined;
  // A named class may hold anything.
  if (members.includes('[:')) return { fits: () => true, end: at + whole.length };
  const ranges = [...members.matchAll(/(\\?[\s\S])-(\\?[\s\S])|\\?([\s\S])/g)].map(
    ([, from, to, one = '']) => [unescaped(from ?? one), unescaped(to ?? one)] as const,
  );
  const isIn = (char: string): boolean => ranges.some(([from, to]) => char >= from && char <= to);
  return { fits: (char) => isIn(char) !== (not !== ''), end: at + whole.length };
}
