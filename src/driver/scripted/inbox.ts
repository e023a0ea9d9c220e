import { createInterface } from 'node:readline';
import { objectIn } from '../reported.js';
import type { StartOfWork } from './protocol.js';
import { say } from './say.js';

/** What is said to the agent while it works. */
export interface Inbox {
  /** The brief and what belongs to it: the first line of the input. */
  readonly start: Promise<StartOfWork>;
  /** The next message that arrives from now on. */
  nextMessage(): Promise<string>;
  /** Runs one step; an interrupt aborts the signal that it gets. Tells whether that happened. */
  interruptible(perform: (signal: AbortSignal) => Promise<void>): Promise<'finished' | 'interrupted'>;
}

export function openInbox(input: NodeJS.ReadableStream): Inbox {
  const listeners: ((message: string) => void)[] = [];
  let current: AbortController | undefined;
  let begin: (start: StartOfWork) => void;
  const start = new Promise<StartOfWork>((resolve) => (begin = resolve));

  const lines = createInterface({ input, crlfDelay: Infinity });
  lines.on('line', (line) => {
    const { type, text, brief, workspace, resume } = objectIn(line) ?? {};
    if (type === 'interrupt') current?.abort();
    if (type === 'message' && typeof text === 'string') {
      say({ type: 'text', text: `message: ${text}` });
      for (const listener of listeners.splice(0)) listener(text);
    }
    if (type === 'start' && typeof brief === 'string' && typeof workspace === 'string') {
      begin({ type, brief, workspace, ...(typeof resume === 'string' ? { resume } : {}) });
    }
  });
  // By hand, without a driver: an empty brief, in the folder it stands in.
  lines.once('close', () => begin({ type: 'start', brief: '', workspace: process.cwd() }));

  return {
    start,
    nextMessage: () => new Promise((resolve) => listeners.push(resolve)),
    async interruptible(perform) {
      const controller = new AbortController();
      current = controller;
      try {
        await perform(controller.signal);
      } catch (error) {
        if (!controller.signal.aborted) throw error;
      } finally {
        current = undefined;
      }
      return controller.signal.aborted ? 'interrupted' : 'finished';
    },
  };
}
