import type { CommandOptions, CommandResult, ProcessIdentity, Processes } from '../../src/process/index.js';
import { Life } from './life.js';
import type { VirtualTime } from './virtual-time.js';

/** What a gate or setup comes to, and after how long. */
export interface Verdict {
  exitCode: number;
  ms: number;
}

/** Above every pid that Linux gives: nobody's process is taken for a simulated one. */
const FIRST_PID = 4_200_000;

/** The simulated computer: who runs on it, with which environment. */
export class Machine {
  private started = 0;
  private readonly running = new Map<number, { life: Life; env: Record<string, string> }>();

  constructor(
    private readonly time: VirtualTime,
    /** Judges what is in a folder, as the command would. */
    private readonly judge: (command: string, cwd: string) => Verdict,
  ) {}

  start(env: Record<string, string> = {}): Life {
    this.started += 1;
    const identity = { pid: FIRST_PID + this.started, startedAt: `start ${this.started}` };
    const life = new Life(identity, this.time);
    this.running.set(identity.pid, { life, env });
    life.onDeath(() => this.running.delete(identity.pid));
    return life;
  }

  isAlive({ pid }: ProcessIdentity): boolean {
    return this.running.has(pid);
  }

  /** Whose environment has this. */
  marked(marker: string): Life[] {
    const [name = '', value] = [marker.slice(0, marker.indexOf('=')), marker.slice(marker.indexOf('=') + 1)];
    return [...this.running.values()].filter(({ env }) => env[name] === value).map(({ life }) => life);
  }

  /** Everything on it ends at once. */
  losePower(): void {
    for (const { life } of [...this.running.values()]) life.die();
  }

  /** The machine as one process sees it. */
  seenBy(life: Life): Processes {
    const clock = life.clock();
    return {
      self: () => life.identity,
      isAlive: (identity) => this.isAlive(identity),
      findMarked: (marker) => this.marked(marker).map((each) => each.identity),
      endTree: async ({ pid }) => {
        await new Promise<void>((resolve) => clock.after(5, resolve));
        this.running.get(pid)?.life.die();
      },
      runCommand: (options) => life.outlived(this.runCommand(life, options)),
      atExit: () => () => undefined,
    };
  }

  private async runCommand(life: Life, options: CommandOptions): Promise<CommandResult> {
    const ended = (result: Partial<CommandResult>): CommandResult => ({
      ...{ exitCode: null, signal: null, timedOut: false, aborted: false, durationMs: 0, tail: '' },
      ...result,
    });
    const { signal, timeoutMs } = options;
    if (signal?.aborted === true) return ended({ aborted: true });
    const clock = life.clock();
    const startedAt = clock.now();
    const { exitCode, ms } = this.judge(options.command, options.cwd);
    const outcome = await new Promise<'ended' | 'aborted' | 'timed-out'>((resolve) => {
      const onAbort = (): void => resolve('aborted');
      signal?.addEventListener('abort', onAbort, { once: true });
      clock.after(Math.min(ms, timeoutMs), () => {
        signal?.removeEventListener('abort', onAbort);
        resolve(ms > timeoutMs ? 'timed-out' : 'ended');
      });
    });
    const durationMs = clock.now() - startedAt;
    if (outcome === 'aborted') return ended({ aborted: true, signal: 'SIGTERM', durationMs });
    if (outcome === 'timed-out') return ended({ timedOut: true, signal: 'SIGKILL', durationMs });
    return ended({ exitCode, durationMs, tail: `ended with ${exitCode}` });
  }
}
