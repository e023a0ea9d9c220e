import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

type Sent = () => Promise<void>;

/** Standard input and output, with a word for whoever must know that an answer has left. */
export class TellingTransport extends StdioServerTransport {
  private readonly waiting = new Map<string | number, Sent>();

  /** @param answered A request that has its answer already: the one that comes for it is not sent. */
  constructor(private answered: string | number | undefined) {
    super();
  }

  /** Calls `sent` once the answer to this request has been written. */
  afterAnswer(request: string | number, sent: Sent): void {
    this.waiting.set(request, sent);
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    const id = 'method' in message ? undefined : message.id;
    if (id !== undefined && id === this.answered) {
      this.answered = undefined;
      return;
    }
    const sent = id === undefined ? undefined : this.waiting.get(id);
    if (id !== undefined) this.waiting.delete(id);
    await super.send(message);
    await sent?.();
  }
}
