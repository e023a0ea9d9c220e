// Terminal escape sequences (CSI, OSC, and the short ones), then what is left of C0 and C1, then the characters
// that reorder or hide text (bidi controls, zero-width, BOM, tag characters).
const ESCAPE_SEQUENCES =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_]|[ -/][0-~])/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const DECEPTIVE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Makes text that somebody else wrote safe to show: terminal escapes, control, bidi and invisible characters are
 * removed, line ends become `\n`, lone surrogates become U+FFFD. Line breaks and tabs stay.
 */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(ESCAPE_SEQUENCES, '')
    .replace(CONTROLS, '')
    .replace(DECEPTIVE, '')
    .toWellFormed();
}

/** True when text holds characters that {@link plainText} would remove. */
export function hasUnsafeCharacters(text: string): boolean {
  return plainText(text) !== text.replace(/\r\n?/g, '\n');
}

/**
 * JSON on one line in which nothing plays tricks on a terminal, and nothing is lost: what {@link plainText} would remove
 * is written as `\uXXXX`.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(CONTROLS, escaped).replace(DECEPTIVE, escaped);
}

function escaped(text: string): string {
  return Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
