/** The here-documents that begin on a line of a shell script, whose bodies stand behind its end. */
export class HereDocuments {
  private readonly pending: { end: string; isIndented: boolean }[] = [];

  constructor(private readonly text: string) {}

  /**
   * Takes the beginning of one.
   * @param at Behind `<<`.
   * @returns Where the line goes on.
   */
  begin(at: number): number {
    const isIndented = this.text[at] === '-';
    let from = isIndented ? at + 1 : at;
    while (this.text[from] === ' ' || this.text[from] === '\t') from += 1;
    let end = '';
    for (; from < this.text.length; from += 1) {
      const char = this.text.charAt(from);
      if (' \t\n;&|()<>'.includes(char)) break;
      if (!`'"\\`.includes(char)) end += char;
    }
    if (end !== '') this.pending.push({ end, isIndented });
    return from;
  }

  /**
   * Leaves out the bodies of those that have begun.
   * @param at Behind a line's end.
   */
  skip(at: number): number {
    let from = at;
    for (const { end, isIndented } of this.pending.splice(0)) from = this.skipOne(from, end, isIndented);
    return from;
  }

  private skipOne(at: number, end: string, isIndented: boolean): number {
    for (let from = at; from < this.text.length;) {
      const lineEnd = this.text.indexOf('\n', from);
      const to = lineEnd === -1 ? this.text.length : lineEnd;
      const line = this.text.slice(from, to);
      if ((isIndented ? line.replace(/^\t+/, '') : line) === end) return to;
      from = to + 1;
    }
    return this.text.length;
  }
}
