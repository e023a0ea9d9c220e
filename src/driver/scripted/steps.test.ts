import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLog } from '../../process/index.js';
import { collect, givenScriptedAgents, textOf } from '../given-scripted-agents.js';

const { folder, workspace, start, follow, inWorkspace, calls } = givenScriptedAgents();

test('files are read, edited, written and deleted, and each is told as a tool call', async () => {
  writeFileSync(join(workspace(), 'a.txt'), 'one two three');
  const events = await follow([
    { read: 'a.txt' },
    { edit: { file: 'a.txt', find: 'two', replace: '2' } },
    { write: { file: 'new/b.txt', text: 'b' } },
    { delete: 'a.txt' },
  ]);

  expect(events).toEqual([
    { type: 'tool', name: 'read', reads: ['a.txt'], writes: [], detail: 'a.txt' },
    { type: 'tool', name: 'edit', reads: ['a.txt'], writes: ['a.txt'], detail: 'a.txt' },
    { type: 'tool', name: 'write', reads: [], writes: ['new/b.txt'], detail: 'new/b.txt' },
    { type: 'tool', name: 'delete', reads: [], writes: ['a.txt'], detail: 'a.txt' },
    { type: 'exit', exit: { code: 0, signal: null } },
  ]);
  expect(inWorkspace('new/b.txt')).toBe('b');
  expect(existsSync(join(workspace(), 'a.txt'))).toBe(false);
  expect(readLog(join(folder(), 'log'))).toContain('[edit] a.txt\n');
});

test('an edit that was done before is skipped, one that does not fit once fails with its place', async () => {
  writeFileSync(join(workspace(), 'a.txt'), 'x 2 x');
  const done = await follow([{ edit: { file: 'a.txt', find: 'two', replace: '2' } }]);
  const twice = await follow([{ edit: { file: 'a.txt', find: 'x', replace: 'y' } }]);
  const never = await follow([{ edit: { file: 'a.txt', find: 'z', replace: 'y' } }]);

  expect(done.at(-1)).toEqual({ type: 'exit', exit: { code: 0, signal: null } });
  expect(textOf(twice)).toContain('script.yaml:1: edit: a.txt contains "x" 2 times, not once');
  expect(textOf(never)).toContain('a.txt does not contain "z"');
  expect(never.at(-1)).toEqual({ type: 'exit', exit: { code: 1, signal: null } });
  expect(inWorkspace('a.txt')).toBe('x 2 x');
});

test.each(['../out.txt', '/tmp/callsheet-out.txt', 'link/out.txt', 'dangling'])(
  'nothing is written to %s',
  async (file) => {
    mkdirSync(join(folder(), 'outside'));
    symlinkSync(join(folder(), 'outside'), join(workspace(), 'link'));
    symlinkSync(join(folder(), 'outside', 'none'), join(workspace(), 'dangling'));
    const events = await follow([{ write: { file, text: 'x' } }]);

    expect(events.at(-1)).toEqual({ type: 'exit', exit: { code: 1, signal: null } });
    expect(textOf(events)).toContain('outside the workspace');
  },
);

test('coordination goes through the public command line, with task and attempt', async () => {
  await follow([
    { progress: '-half' },
    { note: { kind: 'decision', text: 'Use ESM', paths: ['a', 'b'] } },
    { message: { type: 'QUESTION', to: 'lead', body: 'Why?' } },
    { checkpoint: { done: 'a', next: 'b', questions: ['c?'] } },
    { wait: { forTask: 'other', state: 'done' } },
    { lie: 'All done' },
    { complete: { summary: 'Really', files: ['x'] } },
    { fail: 'No' },
    { progress: 'never reached' },
  ]);

  const claim = ['task-7', '--attempt', '2'];
  expect(calls()).toEqual([
    ['task', 'progress', ...claim, '--', '-half'],
    ['note', 'add', '--paths', 'a', '--paths', 'b', 'decision', 'Use ESM'],
    ['send', 'QUESTION', '--to', 'lead', '--', 'Why?'],
    ['task', 'checkpoint', ...claim, '--done', 'a', '--next', 'b', '--question', 'c?'],
    ['task', 'show', '--json', '--', 'other'],
    ['task', 'complete', ...claim, '--', 'All done'],
    ['task', 'complete', ...claim, '--result-file', { summary: 'Really', files: ['x'] }],
    ['task', 'fail', ...claim, '--', 'No'],
  ]);
});

test('an agent waits for a file that another one writes', async () => {
  const session = await start({
    default: [{ run: 'echo waiting' }, { wait: { forFile: '$CALLSHEET_SCRATCH/go' } }, { run: 'echo on' }],
  });
  const events = await collect(session, (event) => {
    if (event.type === 'text' && event.text === 'waiting') writeFileSync(join(folder(), 'go'), '');
  });

  expect(textOf(events)).toMatch(/waiting[^]*\non/);
});

test('a commit needs no identity of git', async () => {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: workspace(),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: folder() },
    });
  git('init', '-q');
  writeFileSync(join(workspace(), 'a.txt'), 'one');
  git('add', 'a.txt');
  await follow([{ commit: '-Say "it"' }]);

  expect(git('log', '--format=%s|%an')).toBe('-Say "it"|callsheet\n');
});
