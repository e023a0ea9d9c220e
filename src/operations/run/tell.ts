import type { Context } from '../operation.js';

/** Narration for people. A program that asked for JSON gets the same as data, and only errors on stderr. */
export function tell(context: Context, line: string): void {
  if (context.output !== 'json') context.say(line);
}
