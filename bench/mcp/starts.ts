import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { median, quantile, rounded } from '../support/statistics.js';
import { connect, EMPTY, INITIALIZE, OURS, plainEnvironment, type Command } from './servers.js';

/** Until a server has answered for the first time. */
export interface Start {
  what: string;
  ms: number;
  p90Ms: number;
  nodeMs: number;
  /** Median over median of `node -e 0`, which was run in turn. */
  ratio: number;
  /** The same until it has listed its tools after that. */
  listedRatio: number;
  /** The same until it has answered a call after that. */
  calledRatio: number;
}

/** Milliseconds since a server was started. */
interface Times {
  greeted: number;
  listed: number;
  called: number;
}

/** Starts each of these and `node -e 0` in turns, in either order. */
export async function measureStarts(
  { root, script }: { root: string; script: string },
  rounds: number,
  signal: AbortSignal,
): Promise<Start[]> {
  const commands: readonly (readonly [string, Command, string])[] = [
    ['the server', OURS, 'get_status'],
    ['the server, by the script of `init`', ['sh', script], 'get_status'],
    ['an empty server of the SDK', EMPTY, 'nothing'],
  ];
  const times = commands.map(([what, command, tool]) => ({
    ...{ what, command, tool },
    own: [] as Times[],
    node: [] as number[],
  }));
  for (let round = 0; round < rounds && !signal.aborted; round += 1) {
    for (const { command, tool, own, node } of times) {
      const steps = [
        async () => void own.push(await started(command, tool, root)),
        async () => void node.push(await nodeAlone(root)),
      ];
      for (const step of round % 2 === 0 ? steps : steps.toReversed()) await step();
    }
  }
  return times.map(({ what, own, node }) => {
    const greeted = own.map((each) => each.greeted);
    const ratioOf = (ms: number[]): number => rounded(median(ms) / median(node));
    return {
      ...{ what, ms: rounded(median(greeted)), p90Ms: rounded(quantile(greeted, 0.9)) },
      ...{ nodeMs: rounded(median(node)), ratio: ratioOf(greeted) },
      listedRatio: ratioOf(own.map((each) => each.listed)),
      calledRatio: ratioOf(own.map((each) => each.called)),
    };
  });
}

async function started(command: Command, tool: string, root: string): Promise<Times> {
  const begun = performance.now();
  const since = (): number => performance.now() - begun;
  const server = connect(command, root);
  await server.ask(...INITIALIZE);
  const greeted = since();
  await server.ask('tools/list', {});
  const listed = since();
  await server.ask('tools/call', { name: tool, arguments: {} });
  const called = since();
  await server.end();
  return { greeted, listed, called };
}

async function nodeAlone(cwd: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { cwd, env: plainEnvironment(), stdio: 'ignore' });
  await once(child, 'close');
  return performance.now() - begun;
}
