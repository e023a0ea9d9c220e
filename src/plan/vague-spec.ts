// Something that a reader could look up or check: a path, a file, code in backticks, a call, an identifier, an
// option, a number, a quotation, a web address.
const ANCHORS = [
  /[\w.-]+\/[\w.-]+/,
  /\b[\w-]+\.[A-Za-z]\w{0,5}\b/,
  /`[^`]+`/,
  /\w+\(/,
  /\b[a-z]+[A-Z]\w*/,
  /\b\w+_\w+/,
  /(^|\s)--?\w+/,
  /\d/,
  /["“'][^"”']{2,}["”']/,
  /\b[A-Z]{2,}\b/,
];

const FEWEST_CHARACTERS = 40;
// The anchors search from each character on: without a bound, a word of a megabyte would take minutes.
const MOST_CHARACTERS = 2_000;

/** True for a spec such as "improve the code": under 40 characters, or naming nothing that could be looked up. */
export function isVagueSpec(spec: string): boolean {
  const text = spec.trim().slice(0, MOST_CHARACTERS);
  return text.length < FEWEST_CHARACTERS || !ANCHORS.some((anchor) => anchor.test(text));
}
