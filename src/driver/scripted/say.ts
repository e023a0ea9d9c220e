import { writeSync } from 'node:fs';
import type { Said } from './protocol.js';

/**
 * Tells the driver what happens. Written straight to the descriptor, not to process.stdout, which queues: nothing
 * that was said is lost when the agent then kills itself, and a driver that is slow slows the agent down.
 */
export function say(event: Said): void {
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
  for (let from = 0; from < bytes.length;) from += writeSync(1, bytes, from);
}
