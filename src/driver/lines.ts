import { StringDecoder } from 'node:string_decoder';

// No line that means something to us is longer; text without line breaks is passed on in pieces of this size.
const LONGEST_LINE_CHARS = 1024 * 1024;

/** Turns chunks of output into blocks of complete lines, without the last line break. Ends with {@link LineReader.end}. */
export interface LineReader {
  write(chunk: Buffer): void;
  end(): void;
}

/** @param take Gets one or more whole lines, joined by `\n`: one call for a chunk, so that a flood costs little. */
export function lineReader(take: (lines: string) => void): LineReader {
  const decoder = new StringDecoder('utf8');
  let rest = '';

  function add(text: string): void {
    const end = text.lastIndexOf('\n');
    if (end === -1) rest += text;
    else {
      take(rest + text.slice(0, end));
      rest = text.slice(end + 1);
    }
    if (rest.length > LONGEST_LINE_CHARS) flush();
  }

  function flush(): void {
    if (rest !== '') take(rest);
    rest = '';
  }

  return {
    write: (chunk) => add(decoder.write(chunk)),
    end: () => {
      add(decoder.end());
      flush();
    },
  };
}
