import { boundedLines } from '../../text/index.js';

/** A part of a brief; the more important ones come first, and what does not fit is dropped from the end. */
export interface Section {
  title: string;
  /** What others wrote in it is quoted already. */
  text: string;
  /** The most of the whole that it may take, from 0 to 1. */
  share: number;
}

export interface Packed {
  sections: { title: string; text: string; isWhole: boolean }[];
  /** Titles of what did not fit at all. */
  leftOut: string[];
}

/** About: a token of English text or code has four characters. */
const CHARS_PER_TOKEN = 4;
// Less of a section would say nothing.
const LEAST = 120;

/** Sections within so many tokens, shortened by whole lines. */
export function pack(sections: readonly Section[], maxTokens: number): Packed {
  const most = maxTokens * CHARS_PER_TOKEN;
  const packed: Packed = { sections: [], leftOut: [] };
  let room = most;
  for (const { title, text, share } of sections) {
    if (text.trim() === '') continue;
    const may = Math.min(Math.floor(most * share), room - title.length - '## \n\n\n\n'.length);
    if (may < Math.min(LEAST, text.length)) {
      packed.leftOut.push(title);
      continue;
    }
    const kept = boundedLines(text, may);
    packed.sections.push({ title, text: kept, isWhole: kept === text });
    room -= kept.length + title.length + '## \n\n\n\n'.length;
  }
  return packed;
}
