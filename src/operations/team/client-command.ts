import type { ClientName } from '../../client/index.js';
import { firstPrompt, textOfPart, type TeamPart } from '../../team/index.js';

/** The clients that can be started with a part. */
export const STARTED = ['claude', 'codex'] as const satisfies readonly ClientName[];
export type StartedClient = (typeof STARTED)[number];

/** What a client is started with. */
export interface ClientArguments {
  part: TeamPart;
  goal?: string;
  /** Those that the person gives it. */
  more: readonly string[];
}

/** The arguments of a client. The prompt comes first: options that take many values would swallow it. */
export function argumentsOf(client: StartedClient, { part, goal, more }: ClientArguments): string[] {
  const prompt = firstPrompt(part, goal);
  if (client === 'codex') return [`${textOfPart(part)}\n\n${prompt}`, ...more];
  // Without this it asks the person at every report.
  const allowed = '--allowedTools=Bash(callsheet:*)';
  return ['--append-system-prompt', textOfPart(part), prompt, allowed, ...more];
}

/** Arguments as they would be typed into a shell. */
export function asTyped(words: readonly string[]): string {
  return words
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
