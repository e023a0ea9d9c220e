import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { entryPoint } from '../src/process/index.js';
import { measureCalls, type CallCost } from './mcp/calls.js';
import { HELP, readOptions, type Options } from './mcp/options.js';
import { plainEnvironment } from './mcp/servers.js';
import { measureStarts, type Start } from './mcp/starts.js';
import { inFolder, runTargetBenchmark } from './support/target-benchmark.js';
import type { Target } from './support/targets.js';

interface Measured {
  calls: CallCost[];
  starts: Start[];
}

async function measure({ rounds, calls }: Options, signal: AbortSignal): Promise<Measured> {
  return inFolder(async (folder) => {
    const script = await makeRepository(folder);
    return {
      calls: await measureCalls(folder, calls, signal),
      starts: await measureStarts({ root: folder, script }, rounds, signal),
    };
  });
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

function linesOf({ calls, starts }: Measured): string[] {
  return [
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
  ];
}

runTargetBenchmark({
  ...{ name: 'mcp', title: 'What the MCP server costs', help: HELP },
  ...{ readOptions, measure, targetsOf, linesOf },
  wordsOf: ({ rounds, calls }) => ({ rounds, calls }),
});
