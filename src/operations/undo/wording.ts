/** Whoever made a write that no session made. */
const NOBODY = '(not registered)';

/** Who made a write, in a table or a sentence. */
export function whoMade({ agent, perhaps }: { agent?: string; perhaps?: readonly string[] }): string {
  return agent ?? (perhaps === undefined ? NOBODY : `perhaps ${perhaps.join(' or ')}`);
}

export function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
