import type { Assignment, DriverEvent, Exit, Session } from '../../src/driver/index.js';
import { eventQueue } from '../../src/driver/event-queue.js';
import type { Life } from './life.js';

/** How an agent takes what the engine tells it. */
export interface Manners {
  /** How long it takes to end when it is asked to, in milliseconds; longer than the grace is a refusal. */
  politeMs: number;
  /** What it makes of a message while it works. */
  hear(text: string): 'delivered' | 'unsupported';
}

/** What an agent's script can do besides its work. */
export interface Stage {
  life: Life;
  assignment: Assignment;
  push(event: DriverEvent): void;
}

/** A simulated agent process: a script that ends with an exit, or is ended. */
export function simulatedSession(
  life: Life,
  assignment: Assignment,
  manners: Manners,
  script: (stage: Stage) => Promise<Exit>,
): Session {
  const queue = eventQueue();
  const clock = life.clock();
  let tellEnd: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (tellEnd = resolve));
  let exit: Exit = { code: null, signal: 'SIGKILL' };
  life.onDeath(() => {
    queue.push({ type: 'exit', exit });
    queue.end();
    tellEnd();
  });
  const endWith = (how: Exit): void => {
    if (!life.isAlive) return;
    exit = how;
    life.die();
  };
  const stage: Stage = { life, assignment, push: (event) => life.isAlive && queue.push(event) };
  void script(stage).then(endWith);
  let isStopping = false;
  return {
    process: life.identity,
    events: queue.events,
    send: async (text) => (life.isAlive ? manners.hear(text) : 'ended'),
    interrupt: async () => 'unsupported',
    async stop(graceMs) {
      if (!life.isAlive) return;
      if (!isStopping) {
        isStopping = true;
        const isPolite = manners.politeMs < graceMs;
        clock.after(Math.min(manners.politeMs, graceMs), () =>
          endWith(isPolite ? { code: 143, signal: null } : { code: null, signal: 'SIGKILL' }),
        );
      }
      await ended;
    },
  };
}
