import { median, quantile, rounded } from '../support/statistics.js';
import { connect, EMPTY, INITIALIZE, OURS } from './servers.js';

/** A tool of ours beside the one of the empty server, asked in turns. */
export interface CallCost {
  tool: string;
  ms: number;
  p99Ms: number;
  emptyMs: number;
  /** Median of the differences of each pair. */
  addedMs: number;
}

const TOOLS: readonly (readonly [string, object])[] = [
  ['search_context', { query: 'limiter' }],
  ['add_discovery', { text: 'The limiter counts in milliseconds' }],
  ['get_status', {}],
];

/** Calls each tool of ours and the empty server's in turn, in either order. */
export async function measureCalls(root: string, calls: number, signal: AbortSignal): Promise<CallCost[]> {
  const [ours, empty] = [connect(OURS, root), connect(EMPTY, root)];
  try {
    for (const server of [ours, empty]) await server.ask(...INITIALIZE);
    const costs: CallCost[] = [];
    for (const [tool, input] of TOOLS) {
      const [own, other, added]: [number[], number[], number[]] = [[], [], []];
      const ask = [
        async () => void own.push(await ours.ask('tools/call', { name: tool, arguments: input })),
        async () => void other.push(await empty.ask('tools/call', { name: 'nothing', arguments: {} })),
      ];
      for (let round = 0; round < calls && !signal.aborted; round += 1) {
        for (const step of round % 2 === 0 ? ask : ask.toReversed()) await step();
        added.push((own.at(-1) ?? 0) - (other.at(-1) ?? 0));
      }
      costs.push({
        ...{ tool, ms: rounded(median(own)), p99Ms: rounded(quantile(own, 0.99)) },
        ...{ emptyMs: rounded(median(other)), addedMs: rounded(median(added)) },
      });
    }
    return costs;
  } finally {
    await Promise.all([ours.end(), empty.end()]);
  }
}
