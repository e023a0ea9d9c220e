/** Whoever made a write that no session made. */
export const NOBODY = '(not registered)';

export function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
