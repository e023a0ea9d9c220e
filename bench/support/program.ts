import { UsageError } from './usage-error.js';

/** Exit codes of every benchmark. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For people, beside what a benchmark prints as its result. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a benchmark as a program. The first interruption aborts `signal`, so that what is under way ends cleanly; the
 * second one ends at once.
 * @param name As it is started: `npm run NAME`.
 */
export function runProgram(name: string, main: (signal: AbortSignal) => Promise<ExitCode>): void {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(EXIT.interrupted);
      interruption.abort();
    });
  }
  main(interruption.signal).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const isUsage = error instanceof UsageError;
      say(
        isUsage
          ? `${error.message}\nSee: npm run ${name} -- --help`
          : `The benchmark failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      process.exitCode = isUsage ? EXIT.usage : EXIT.failed;
    },
  );
}
