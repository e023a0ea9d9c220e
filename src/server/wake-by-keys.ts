import { isPromptEmpty, isTyped, type ClientName } from '../client/index.js';
import type { Clock } from '../store/index.js';
import type { Pane, Screen } from '../tmux/index.js';

/** All that is ever typed: what agents and people say comes by the client's hooks, quoted. */
const LINES = {
  mail: 'callsheet: there is mail for you',
  task: 'callsheet: there is a task; end your turn to get it',
} as const;

// A line that wraps could not be read back.
const LEAST_WIDTH = 70;

const PATIENCE_MS = 5_000;
const LOOK_AGAIN_MS = 200;

/** A session that has nothing to do while something waits for it, and where it can be reached. */
export interface Sleeper {
  client: ClientName;
  pane: Pane;
  what: keyof typeof LINES;
  /** Whether it is still idle. */
  isIdle: () => Promise<boolean>;
  /** Takes the one try that there is for as long as it is idle; false when somebody has had it. */
  takeTurn: () => Promise<boolean>;
}

/** What became of it: `needless` when something else has woken the session, or somebody else has tried. */
export type Outcome = 'woken' | 'needless' | { why: string };

/**
 * Types one line into the pane of an idle session, when its client shows its empty prompt there; sends it when nothing
 * else has come in between; and sees that it was taken.
 * @param patienceMs How long the client may take to draw what is expected. Default 5,000.
 */
export async function wakeByKeys(clock: Clock, sleeper: Sleeper, patienceMs = PATIENCE_MS): Promise<Outcome> {
  const { client, pane, what, isIdle, takeTurn } = sleeper;
  const line = LINES[what];
  const until = (fits: (screen: Screen) => boolean) => patiently(clock, patienceMs, () => whyNot(pane, fits));
  const empty = (screen: Screen) => isPromptEmpty(client, screen);
  const notReady = await until(empty);
  if (!(await isIdle())) return 'needless';
  if (notReady !== undefined) return { why: notReady };
  if (!(await takeTurn())) return 'needless';
  await pane.type(line);
  const typed = (screen: Screen) => isTyped(client, screen, line);
  // A client takes an Enter that follows at once for a line break of what was pasted.
  let notTyped = await until(typed);
  await pause(clock);
  notTyped ??= await whyNot(pane, typed);
  if (notTyped !== undefined) return { why: `${notTyped}, after the line was typed; it was not sent` };
  await pane.enter();
  const notTaken = await patiently(clock, patienceMs, async () =>
    (await isIdle()) ? whyNot(pane, empty) : undefined,
  );
  return notTaken === undefined ? 'woken' : { why: `${notTaken}, after the line was sent` };
}

async function whyNot(pane: Pane, fits: (screen: Screen) => boolean): Promise<string | undefined> {
  const state = await pane.look();
  if (typeof state === 'string') return state;
  if (!state.takesKeys)
    return 'its pane is scrolled back, closed to keys, or typed into together with others';
  if (state.width < LEAST_WIDTH) return `its pane is narrower than ${LEAST_WIDTH} columns`;
  return fits(state.screen) ? undefined : 'its prompt does not stand there as expected';
}

/** A client draws its prompt a moment after its turn has ended. */
async function patiently(
  clock: Clock,
  patienceMs: number,
  check: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const end = clock.now() + patienceMs;
  for (;;) {
    const why = await check();
    if (why === undefined || clock.now() >= end) return why;
    await pause(clock);
  }
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.after(LOOK_AGAIN_MS, resolve));
}
