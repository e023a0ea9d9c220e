import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { entryPoint } from '../src/process/index.js';
import { measureCalls, type CallCost } from './mcp/calls.js';
import { HELP, readOptions, type Options } from './mcp/options.js';
import { plainEnvironment } from './mcp/servers.js';
import { measureStarts, type Start } from './mcp/starts.js';
import { surroundings, surroundingsLines, type Surroundings } from './support/machine.js';
import { EXIT, runProgram, say, type ExitCode } from './support/program.js';
import { PROJECT, saveResult } from './support/results.js';
import { isMet, targetLines, targetsText, type Target } from './support/targets.js';

interface Result {
  command: string;
  surroundings: Surroundings;
  calls: CallCost[];
  starts: Start[];
  targets: Target[];
}

async function main(signal: AbortSignal): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const where = await surroundings(PROJECT);
  const measured = await measure(options, signal);
  if (signal.aborted) {
    say('Interrupted; nothing was saved.');
    return EXIT.interrupted;
  }
  const result: Result = {
    command: `npm run bench:mcp -- --rounds ${options.rounds} --calls ${options.calls}`,
    surroundings: where,
    ...measured,
    targets: targetsOf(measured),
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${targetsText(result.targets)}\n`);
  if (options.save) await saveResult('mcp', pageOf(result), result);
  return result.targets.every(isMet) ? EXIT.done : EXIT.failed;
}

type Measured = Pick<Result, 'calls' | 'starts'>;

async function measure({ rounds, calls }: Options, signal: AbortSignal): Promise<Measured> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'callsheet-bench-')));
  try {
    const script = await makeRepository(folder);
    return {
      calls: await measureCalls(folder, calls, signal),
      starts: await measureStarts({ root: folder, script }, rounds, signal),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns The script that `init` has put there. */
async function makeRepository(root: string): Promise<string> {
  const run = promisify(execFile);
  const env = { ...plainEnvironment(), HOME: root };
  await run('git', ['init', '--quiet'], { cwd: root, env });
  const callsheet = (...args: string[]) =>
    run(process.execPath, [entryPoint('callsheet'), ...args], { cwd: root, env });
  await callsheet('init', '--claude', '--yes');
  for (const title of ['Token bucket', 'Middleware', 'Audit log']) await callsheet('task', 'add', title);
  return join(root, '.git/callsheet/mcp');
}

function targetsOf({ calls, starts }: Measured): Target[] {
  return [
    ...calls.map(({ tool, addedMs }) => ({
      ...{
        what: `a call of ${tool}, more than one of an empty server`,
        measured: addedMs,
        limit: 2,
        unit: ' ms',
      },
    })),
    ...starts
      .filter(({ what }) => what.startsWith('the server'))
      .map(({ what, ratio }) => ({
        ...{ what: `${what} has answered, over \`node -e 0\``, measured: ratio, limit: 2.5, unit: ' times' },
      })),
  ];
}

function pageOf({ surroundings: where, command, calls, starts, targets }: Result): string {
  return [
    '# What the MCP server costs',
    '',
    ...surroundingsLines(where),
    `- command: \`${command}\``,
    '',
    ...targetLines(targets),
    '',
    '| tool | median | p99 | empty server | added |',
    '| --- | --- | --- | --- | --- |',
    ...calls.map(
      ({ tool, ms, p99Ms, emptyMs, addedMs }) =>
        `| ${tool} | ${ms} ms | ${p99Ms} ms | ${emptyMs} ms | ${addedMs} ms |`,
    ),
    '',
    '| until the first answer | median | p90 | `node -e 0` | times | tools listed | first call answered |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...starts.map(
      ({ what, ms, p90Ms, nodeMs, ratio, listedRatio, calledRatio }) =>
        `| ${what} | ${ms} ms | ${p90Ms} ms | ${nodeMs} ms | ${ratio} | ${listedRatio} | ${calledRatio} |`,
    ),
    '',
  ].join('\n');
}

runProgram('bench:mcp', main);
