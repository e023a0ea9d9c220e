// Plays many simulated schedules (TEST_SEEDS, default 10,000), some thousand in a process: one that has played ten
// thousand is slower at the end than at the beginning. Ends with 1 when any of them broke a rule, after all were played.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const AT_ONCE = 5_000;
const all = Number(process.env.TEST_SEEDS ?? 10_000);

let hasFailed = false;
for (let first = 0; first < all; first += AT_ONCE) {
  const many = Math.min(AT_ONCE, all - first);
  process.stdout.write(`Seeds ${first} to ${first + many - 1} of ${all}\n`);
  const env = { ...process.env, TEST_SEEDS: String(many), TEST_FIRST_SEED: String(first) };
  const vitest = path.join(ROOT, 'node_modules/.bin/vitest');
  const { status } = spawnSync(vitest, ['run', 'test/simulation/schedules'], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });
  hasFailed ||= status !== 0;
}
process.exitCode = hasFailed ? 1 : 0;
