import { errorCode, messageOf } from '../error/index.js';
import { answerPreCommit } from './pre-commit.js';

// What git's hook starts: `git-hook.cjs pre-commit`. A commit loses nothing by being made, so whatever goes wrong here
// is said and stands in nobody's way.

async function main(): Promise<void> {
  if (process.argv[2] !== 'pre-commit') return;
  const answer = await answerPreCommit({ env: process.env, cwd: process.cwd(), pid: process.pid });
  process.stderr.write(answer.stderr);
  process.exitCode = answer.exit;
}

main().catch((error: unknown) => {
  const code = errorCode(error);
  if (code === 'SHEET_MISSING' || code === 'NOT_A_REPOSITORY') return;
  process.stderr.write(`callsheet: this commit was not looked at: ${messageOf(error).slice(0, 500)}\n`);
});
