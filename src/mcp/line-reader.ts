import { readSync } from 'node:fs';
import { errorCode } from '../error/index.js';

const CHUNK_BYTES = 16_384;
const LONGEST_BYTES = 1_000_000;
const NEW_LINE = 10;

/** Reads lines from a descriptor, such as standard input (0), without Node's streams: it waits for each on the thread. */
export class LineReader {
  private unread: Buffer = Buffer.alloc(0);

  constructor(private readonly descriptor: number) {}

  /** The next line with its end; `end` where no more comes; undefined where that cannot be waited for, or is too long. */
  next(): Buffer | 'end' | undefined {
    for (;;) {
      const end = this.unread.indexOf(NEW_LINE) + 1;
      if (end > 0) {
        const line = this.unread.subarray(0, end);
        this.unread = this.unread.subarray(end);
        return line;
      }
      const more = this.unread.length > LONGEST_BYTES ? undefined : this.read();
      if (more === undefined) return undefined;
      if (more.length === 0) return 'end';
      this.unread = Buffer.concat([this.unread, more]);
    }
  }

  /** What has been read beyond the lines. */
  rest(): Buffer {
    return this.unread;
  }

  private read(): Buffer | undefined {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    try {
      return chunk.subarray(0, readSync(this.descriptor, chunk));
    } catch (error) {
      // Set to not block, or not to be read at all: Node's own stream sees to it.
      if (errorCode(error) === undefined) throw error;
      return undefined;
    }
  }
}
