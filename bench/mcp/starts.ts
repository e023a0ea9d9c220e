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
}

/** Starts each of these and `node -e 0` in turns, in either order. */
export async function measureStarts(
  { root, script }: { root: string; script: string },
  rounds: number,
  signal: AbortSignal,
): Promise<Start[]> {
  const commands: readonly (readonly [string, Command])[] = [
    ['the server', OURS],
    ['the server, by the script of `init`', ['sh', script]],
    ['an empty server of the SDK', EMPTY],
  ];
  const times = commands.map(([what, command]) => ({
    what,
    command,
    own: [] as number[],
    node: [] as number[],
  }));
  for (let round = 0; round < rounds && !signal.aborted; round += 1) {
    for (const { command, own, node } of times) {
      const steps = [
        async () => void own.push(await started(command, root)),
        async () => void node.push(await nodeAlone(root)),
      ];
      for (const step of round % 2 === 0 ? steps : steps.toReversed()) await step();
    }
  }
  return times.map(({ what, own, node }) => ({
    ...{ what, ms: rounded(median(own)), p90Ms: rounded(quantile(own, 0.9)) },
    ...{ nodeMs: rounded(median(node)), ratio: rounded(median(own) / median(node)) },
  }));
}

async function started(command: Command, root: string): Promise<number> {
  const begun = performance.now();
  const server = connect(command, root);
  await server.ask(...INITIALIZE);
  const ms = performance.now() - begun;
  await server.end();
  return ms;
}

async function nodeAlone(cwd: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { cwd, env: plainEnvironment(), stdio: 'ignore' });
  await once(child, 'close');
  return performance.now() - begun;
}
