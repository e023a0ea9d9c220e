import type { DriverEvent } from './driver.js';

/** Events on their way from an agent to whoever listens, in order. For one listener. */
export interface EventQueue {
  readonly events: AsyncIterable<DriverEvent>;
  push(event: DriverEvent): void;
  /** No event follows; the listener's loop ends when it has had all of them. */
  end(): void;
}

// What an agent prints while nobody listens: the end of it is enough, the log has the rest.
const WAITING_TEXT_CHARS = 64 * 1024;
// Only a flood gets there. Slowing the agent down instead could stop it for ever when its listener has failed.
const WAITING_EVENTS = 10_000;

/**
 * A queue that stays small however fast the agent is: text that waits is joined and keeps its last 64 Ki characters,
 * and past 10,000 waiting events tool calls, usage and text are dropped. The exit never is.
 */
export function eventQueue(): EventQueue {
  const waiting: DriverEvent[] = [];
  let isEnded = false;
  let wake = (): void => undefined;

  function push(event: DriverEvent): void {
    const last = waiting.at(-1);
    if (event.type === 'text' && last?.type === 'text') {
      last.text = `${last.text}\n${event.text}`.slice(-WAITING_TEXT_CHARS);
    } else if (waiting.length < WAITING_EVENTS || !['text', 'tool', 'usage'].includes(event.type)) {
      waiting.push(
        event.type === 'text' ? { type: 'text', text: event.text.slice(-WAITING_TEXT_CHARS) } : event,
      );
    }
    wake();
  }

  async function* events(): AsyncGenerator<DriverEvent> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else if (isEnded) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return {
    events: { [Symbol.asyncIterator]: events },
    push,
    end: () => {
      isEnded = true;
      wake();
    },
  };
}
