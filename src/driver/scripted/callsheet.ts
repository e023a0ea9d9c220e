import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../error/index.js';
import type { Action } from './action.js';
import { howItEnded, runProgram } from './run-program.js';
import { say } from './say.js';

type CoordinationStep = 'note' | 'message' | 'progress' | 'checkpoint' | 'ask' | 'complete' | 'lie' | 'fail';
export type Coordination = Extract<Action, { step: CoordinationStep }>;

/** Does a step that concerns coordination, by callsheet's public command line, as any agent would. */
export async function coordinate(action: Coordination): Promise<void> {
  switch (action.step) {
    case 'note':
      return callsheet(['note', 'add', ...action.options, action.kind, action.text]);
    case 'message':
      return callsheet(['send', action.type, '--to', action.to, '--', action.body]);
    case 'checkpoint': {
      const questions = action.questions.flatMap((question) => ['--question', question]);
      return task('checkpoint', ['--done', action.done, '--next', action.next, ...questions]);
    }
    case 'progress':
      return task('progress', [], action.text);
    case 'ask':
      return task('block', [], action.question);
    case 'lie':
      return task('complete', [], action.text);
    case 'fail':
      return task('fail', [], action.reason);
    case 'complete':
      return complete(action.result);
  }
}

async function complete(result: { summary: string }): Promise<void> {
  if (Object.keys(result).length === 1) return task('complete', [], result.summary);
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-result-'));
  try {
    const file = join(folder, 'result.json');
    await writeFile(file, JSON.stringify(result));
    await task('complete', ['--result-file', file]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function task(verb: string, options: string[], text?: string): Promise<void> {
  const claim = [fromEnvironment('CALLSHEET_TASK'), '--attempt', fromEnvironment('CALLSHEET_ATTEMPT')];
  // After `--`, a text that begins with a dash is no option.
  return callsheet(['task', verb, ...claim, ...options, ...(text === undefined ? [] : ['--', text])]);
}

/** Runs `callsheet`; what it refuses is an error with its own words. */
async function callsheet(args: string[]): Promise<void> {
  say({ type: 'tool', name: 'callsheet', reads: [], writes: [], detail: args.join(' ') });
  await askCallsheet(args);
}

/** Runs `callsheet` and gives what it printed. */
export async function askCallsheet(args: string[]): Promise<string> {
  let output = '';
  const ended = await runProgram('callsheet', args, { onText: (text) => (output += text) }).catch(
    (cause: unknown) => {
      if (errorCode(cause) !== 'ENOENT') throw cause;
      throw new Error('there is no callsheet on the PATH', { cause });
    },
  );
  if (ended.code === 0) return output;
  throw new Error(`callsheet ${args.slice(0, 3).join(' ')}: ${howItEnded(ended)}: ${output.trim()}`);
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: who started this agent must set it`);
  return value;
}
