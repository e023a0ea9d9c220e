import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.js';

/**
 * Folders whose tests leave nothing behind in their process: one process plays file after file, which saves starting
 * it and reading the source again for each. The rest is about processes, signals or memory, or takes much of it.
 */
const TOGETHER = [
  'src/{agent,blob,cli,client,config,gate,git,guard,hook,landing,lock,message,note,operations,plan,server,sheet,store,supervisor,task,text,worker}/**/*.test.ts',
  'test/{command,docs,guard,hook,landing,mcp,run,team}/**/*.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['scripts/vitest-setup.mjs'],
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './scripts/vitest-tally.mjs'],
    // One more than there are cores: much of the time is spent waiting for other processes. (Vitest would leave a core free.)
    maxWorkers: availableParallelism() + 1,
    passWithNoTests: true,
    projects: [
      project('apart', true, ['{src,test,bench}/**/*.test.ts'], TOGETHER),
      project('together', false, TOGETHER),
    ],
  },
});

/** Projects are begun in the order of their names. */
function project(name: string, isolate: boolean, include: string[], exclude: string[] = []) {
  return {
    test: {
      ...{ name, isolate, include, exclude },
      setupFiles: ['test/support/seed.ts', 'test/support/own-environment.ts'],
      // Real processes and databases: no test file shares native handles or signals with one of another process.
      pool: 'forks' as const,
      // Short-lived objects by the million (rows, promises), code that runs for seconds, and every core at work already:
      // collected less often and on one thread, and compiled early, they cost an eighth less.
      execArgv: ['--max-semi-space-size=64', '--always-sparkplug', '--single-threaded-gc'],
      maxWorkers: availableParallelism() + 1,
      unstubEnvs: true,
      allowOnly: false,
      testTimeout: 30_000,
      hookTimeout: 30_000,
    },
  };
}
