import { spawn } from 'node:child_process';
import { median, quantile, rounded } from '../support/statistics.js';

/** A command line that is measured. */
export interface Command {
  name: string;
  program: string;
  args: string[];
  cwd: string;
  /** How it must end for the measurement to count. */
  exitCode: number;
}

export interface Timing {
  name: string;
  ms: number;
  p90Ms: number;
  /** `node -e 0`, run in turn with it. */
  floorMs: number;
  /** Median over median. */
  ratio: number;
}

/** What the surroundings add to the start of every Node program is not ours, nor the floor's. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const own = /^(?:NODE_|CALLSHEET_|GIT_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

const FLOOR: Omit<Command, 'cwd'> = {
  name: 'floor',
  program: process.execPath,
  args: ['-e', '0'],
  exitCode: 0,
};

/** Runs each command and the floor in turn, in either order, so that what slows the machine down slows both. */
export async function measureStarts(
  commands: readonly Command[],
  rounds: number,
  signal: AbortSignal,
): Promise<Timing[]> {
  const env = plainEnvironment();
  const times = commands.map((command) => ({ command, own: [] as number[], floor: [] as number[] }));
  for (let round = 0; round < rounds && !signal.aborted; round += 1) {
    for (const { command, own, floor } of times) {
      const steps = [
        async () => void own.push(await timed(command, env)),
        async () => void floor.push(await timed({ ...FLOOR, cwd: command.cwd }, env)),
      ];
      for (const step of round % 2 === 0 ? steps : steps.reverse()) await step();
    }
  }
  return times.map(({ command, own, floor }) => ({
    name: command.name,
    ms: rounded(median(own)),
    p90Ms: rounded(quantile(own, 0.9)),
    floorMs: rounded(median(floor)),
    ratio: rounded(median(own) / median(floor)),
  }));
}

/** @throws {Error} when the command does not end as it must. */
async function timed(
  { name, program, args, cwd, exitCode }: Command,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const started = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const ms = performance.now() - started;
  if (code !== exitCode) throw new Error(`${name} ended with ${code}: ${said.trim()}`);
  return ms;
}
