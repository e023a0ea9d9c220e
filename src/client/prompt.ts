import type { Cell, Screen } from '../tmux/index.js';
import type { ClientName } from './client.js';

/** How a client shows what is typed to it. */
interface PromptShape {
  /** What stands before what is typed, at the beginning of the cursor's line. */
  mark: RegExp;
  /** Whether what stands behind the mark is what the client suggests, and nothing that was typed. */
  isSuggestion(rest: readonly Cell[]): boolean;
}

const PROMPTS: Partial<Record<ClientName, PromptShape>> = {
  // Its suggestions change; they are faint, which nothing is that was typed.
  codex: { mark: /^› /, isSuggestion: (rest) => rest.every(({ char, isDim }) => isDim || char === ' ') },
  // It draws its cursor: on a space of its own before the suggestion.
  gemini: {
    mark: /^ [>*] /,
    isSuggestion: ([cursor, ...rest]) =>
      cursor?.char === ' ' &&
      cursor.isInverse &&
      textOf(rest).trim() === 'Type your message or @path/to/file',
  },
};

/** Whether a client shows its prompt in a way that is known, and can be asked nothing else by a hook. */
export function isWokenByKeys(client: string): client is ClientName {
  return Object.hasOwn(PROMPTS, client);
}

/** Whether a client shows its prompt, with the cursor in it and nothing typed. */
export function isPromptEmpty(client: ClientName, screen: Screen): boolean {
  const found = promptIn(client, screen);
  return found !== undefined && found.isAtStart && found.shape.isSuggestion(found.rest);
}

/** Whether exactly this text stands in the prompt of a client, with the cursor behind it. */
export function isTyped(client: ClientName, screen: Screen, text: string): boolean {
  const found = promptIn(client, screen);
  return found !== undefined && !found.isAtStart && textOf(found.rest).trimEnd() === text;
}

function promptIn(client: ClientName, { lines, cursor }: Screen) {
  const shape = PROMPTS[client];
  const line = lines[cursor.y] ?? [];
  const mark = shape?.mark.exec(textOf(line))?.[0];
  if (shape === undefined || mark === undefined) return undefined;
  return { shape, rest: line.slice(mark.length), isAtStart: cursor.x === mark.length };
}

function textOf(cells: readonly Cell[]): string {
  return cells.map(({ char }) => char).join('');
}
