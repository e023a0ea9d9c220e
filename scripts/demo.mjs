// npm run demo: a real service, a plan of ten tasks, three scripted workers that make the mistakes real agents make.
// Ends with an error unless everything landed and the service's own tests pass on the result.
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdtemp, readFile, realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';

const ROOT = path.resolve(import.meta.dirname, '..');
const CALLSHEET = path.join(ROOT, 'dist', 'callsheet.cjs');
const COMMITTER = ['-c', 'user.name=Demo', '-c', 'user.email=demo@localhost', '-c', 'commit.gpgsign=false'];

/** Each of these went wrong at first, so at least one of its tasks landed by a later attempt. */
const MISHAPS = [
  { what: 'changed the same lines as another task', tasks: ['tags', 'priority'] },
  { what: 'crashed and was taken over', tasks: ['assign'] },
  { what: 'claimed to be done and had done nothing', tasks: ['metrics'] },
  { what: 'broke the tests', tasks: ['search'] },
];

// As in a terminal of its own: npm and git tell the programs they start about the project they run in.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|GIT_(?!CONFIG))/.test(name)),
);

class Mismatch extends Error {}

async function main() {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'callsheet-demo-')));
  const repository = path.join(folder, 'tickets');
  console.log(`A small service in ${repository}`);
  try {
    await demonstrate(folder, repository);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    console.error(
      `\nThe demo did not end as it should: ${error.message}\nIts directory is left for a look: ${folder}`,
    );
    process.exitCode = 1;
  }
}

async function demonstrate(folder, repository) {
  const plan = await prepare(folder, repository);
  const base = git(repository, ['rev-parse', 'HEAD']);
  const script = `scripted:${path.join(ROOT, 'examples/demo/script.yaml')}`;
  run(repository, process.execPath, [
    ...[CALLSHEET, 'run', '--plan', path.join(folder, 'plan.yaml')],
    ...['--agent', script, '-w', '3', '--yes'],
  ]);

  const branch = integrationBranch(repository);
  const landed = landedTasks(repository, base, branch);
  checkLanded(plan, landed);
  checkCheckoutUntouched(repository, base);
  const summary = testInThrowAwayWorktree(folder, repository, branch, plan);
  console.log(`\nThe service's own tests on ${branch}: ${summary}`);
  tellMishaps(landed);
  tellWhatNext(repository, branch);
}

async function prepare(folder, repository) {
  await cp(path.join(ROOT, 'examples/tickets'), repository, {
    recursive: true,
    filter: (source) => path.basename(source) !== 'node_modules',
  });
  const planFile = path.join(ROOT, 'examples/demo/plan.yaml');
  await copyFile(planFile, path.join(folder, 'plan.yaml'));
  git(repository, ['init', '--quiet', '-b', 'main']);
  git(repository, ['add', '--all']);
  git(repository, [...COMMITTER, 'commit', '--quiet', '--no-verify', '-m', 'A small support desk over HTTP']);
  return parse(await readFile(planFile, 'utf8'));
}

function integrationBranch(repository) {
  const pattern = 'refs/heads/callsheet/*/main';
  const branches = git(repository, ['for-each-ref', '--format=%(refname:short)', pattern]).split('\n');
  if (branches.length !== 1 || !branches[0]) {
    throw new Mismatch(`one integration branch expected, found: ${branches.join(', ') || 'none'}`);
  }
  return branches[0];
}

/** What landed, oldest first, as git tells it. */
function landedTasks(repository, base, branch) {
  const trailer = (name) => `%(trailers:key=${name},valueonly,separator=%x20)`;
  const format = `--format=${trailer('Callsheet-Task')}%x09${trailer('Callsheet-Attempt')}`;
  const log = git(repository, ['log', '--first-parent', '--reverse', format, `${base}..${branch}`]);
  return log
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([task]) => task)
    .map(([task, attempt]) => ({ task, attempt: Number(attempt) }));
}

function checkLanded(plan, landed) {
  const writing = plan.tasks.filter(({ kind = 'implement' }) => kind === 'implement' || kind === 'fix');
  const expected = writing.map(({ id }) => id).sort();
  const actual = landed.map(({ task }) => task).sort();
  if (expected.join() !== actual.join()) {
    throw new Mismatch(`expected to land once each: ${expected.join(', ')}; landed: ${actual.join(', ')}`);
  }
  for (const { what, tasks } of MISHAPS) {
    const wasRedone = landed.some(({ task, attempt }) => tasks.includes(task) && attempt > 1);
    if (!wasRedone) throw new Mismatch(`${tasks.join(' or ')} never ${what}`);
  }
}

function checkCheckoutUntouched(repository, base) {
  const head = git(repository, ['rev-parse', 'HEAD']);
  const changes = git(repository, ['status', '--porcelain', '--untracked-files=all']);
  if (head !== base || changes !== '') throw new Mismatch(`the checkout was touched: ${head} ${changes}`);
}

/** @returns The counts that the tests end with, on one line. */
function testInThrowAwayWorktree(folder, repository, branch, plan) {
  const worktree = path.join(folder, 'check');
  git(repository, ['worktree', 'add', '--quiet', '--detach', worktree, branch]);
  try {
    const [, output] = [plan.setup, plan.gate].map((command) => {
      const [program, ...args] = command.split(' ');
      return outputOf(worktree, program, args);
    });
    const counts = [...output.matchAll(/^\S+ (pass|fail|skipped) (\d+)$/gm)];
    return counts.map(([, name, count]) => `${count} ${name}`).join(', ');
  } finally {
    git(repository, ['worktree', 'remove', '--force', worktree]);
  }
}

function tellMishaps(landed) {
  console.log(`\nAll ${landed.length} tasks that write landed, once each, although`);
  for (const { what, tasks } of MISHAPS) {
    const redone = landed.filter(({ task, attempt }) => tasks.includes(task) && attempt > 1);
    for (const { task, attempt } of redone) console.log(`  ${task} ${what} (landed by attempt ${attempt})`);
  }
}

function tellWhatNext(repository, branch) {
  console.log(`
The checkout was not touched; everything is in ${repository}. Have a look:
  cd ${repository}
  git log --first-parent --oneline ${branch}
  node ${CALLSHEET} report
  node ${CALLSHEET} log
  node ${CALLSHEET} land --into main`);
}

function git(cwd, args) {
  return outputOf(cwd, 'git', args).trim();
}

function outputOf(cwd, program, args) {
  const { stdout, stderr, ...end } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (end.status !== 0)
    throw new Mismatch(`${whatEnded(program, args, end)}\n${stdout ?? ''}${stderr ?? ''}`);
  return stdout;
}

function run(cwd, program, args) {
  const end = spawnSync(program, args, { cwd, env, stdio: 'inherit' });
  if (end.status !== 0) throw new Mismatch(whatEnded(program, args, end));
}

function whatEnded(program, args, { status, signal, error }) {
  return `${path.basename(program)} ${args.join(' ')}: ${error?.message ?? `exit ${status ?? signal}`}`;
}

// Ctrl-C reaches the run as well, which then saves its work; the demo waits for that.
process.on('SIGINT', () => {});
await main();
