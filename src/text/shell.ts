/** A text as one word of a shell's command line: as it is where nothing in it means anything to a shell, else quoted. */
export function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
