/** One hook as it is wanted in a client's settings: `hooks.<event>[] = { matcher, hooks: [handler] }`. */
export interface HookEntry {
  event: string;
  /** Which tools; all of them when left out. */
  matcher?: string;
  handler: Readonly<Record<string, unknown>>;
}

/** By this in its command an entry of ours is known, of whatever version. */
const OUR_MARK = 'callsheet/hook';

/** Whether a command of a hook is one that callsheet has written. */
export function isOurCommand(command: unknown): boolean {
  return typeof command === 'string' && command.includes(OUR_MARK);
}

/** The group that an entry is in a client's settings. */
export function groupOf({ matcher, handler }: HookEntry): Record<string, unknown> {
  return { ...(matcher === undefined ? {} : { matcher }), hooks: [handler] };
}
