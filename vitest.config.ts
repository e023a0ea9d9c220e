import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    globalSetup: ['scripts/vitest-setup.mjs'],
    reporters: ['default', './scripts/vitest-tally.mjs'],
    // Real processes and databases: a test file must not share native handles or signals with another.
    pool: 'forks',
    // Vitest leaves a core free, which on two cores means one test file after another.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    allowOnly: false,
    passWithNoTests: true,
  },
});
