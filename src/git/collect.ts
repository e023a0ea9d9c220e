import type { Readable } from 'node:stream';

export interface Collected {
  readonly limit: number;
  readonly isCut: boolean;
  bytes(): Buffer;
}

/** Gathers a stream up to a limit; past it the rest is dropped and `onOverflow` is called once. */
export function collect(stream: Readable | null, limit: number, onOverflow: () => void): Collected {
  const chunks: Buffer[] = [];
  let size = 0;
  let isCut = false;
  stream?.on('data', (chunk: Buffer) => {
    if (isCut) return;
    const room = limit - size;
    chunks.push(chunk.length <= room ? chunk : chunk.subarray(0, room));
    size += Math.min(chunk.length, room);
    if (chunk.length <= room) return;
    isCut = true;
    onOverflow();
  });
  return {
    limit,
    get isCut() {
      return isCut;
    },
    bytes: () => (chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)),
  };
}
