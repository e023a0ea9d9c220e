import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorIn, givenPlace, planOf, WRITER, type Place } from './given-place.js';

const COMMAND = join(import.meta.dirname, '../../dist/callsheet.cjs');

test('what a plan or the repository brings along never runs unasked, and what the person typed does', async () => {
  const place = givenPlace();
  place.commit({
    'callsheet.config.yaml':
      'agent: "command:touch ran"\nsetup: touch setup-ran\nenv: {NODE_OPTIONS: "--require ./evil.js"}\ninto: main\n',
    'plan.yaml': planOf([{ id: 'one', gate: 'touch gate-ran' }], {
      gate: 'true',
      workspaces: '../elsewhere',
    }),
  });
  const asks = async (...args: string[]): Promise<unknown> => {
    const ended = await place.callsheet('run', '--json', '--plan', 'plan.yaml', ...args);
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(errorIn(ended).code).toBe('CONSENT_NEEDED');
    return errorIn(ended).data;
  };
  const brought = [
    'setup: touch setup-ran',
    'gate of one: touch gate-ran',
    'env: NODE_OPTIONS=--require ./evil.js',
    `workspaces: ${join(place.folder, 'elsewhere')}`,
  ];
  expect(await asks()).toEqual([
    'agent: command:touch ran',
    brought[0],
    'gate: true',
    ...brought.slice(1),
    'into: main',
  ]);
  expect(await asks('--agent', WRITER, '--gate', 'false', '--into', 'main')).toEqual(brought);
  expect(place.beside()).toEqual([]);
});

test('what was agreed to is remembered, and asked again when it changed', async () => {
  const place = givenPlace();
  const run = async (gate: string, ...args: string[]) => {
    place.write({ 'plan.yaml': planOf([{ id: 'one' }], { gate }) });
    return (await place.callsheet('run', '--plan', 'plan.yaml', '--agent', WRITER, ...args)).code;
  };
  expect(await run('true')).toBe(3);
  expect(await run('true', '--yes')).toBe(0);
  expect(await run('true')).toBe(0);
  expect(await run('true # changed')).toBe(3);
});

test('what is agreed to is shown whole', async () => {
  const place = givenPlace();
  const end = `; echo ${'x'.repeat(1_500)} end`;
  place.write({ 'plan.yaml': planOf([{ id: 'one' }], { gate: `true${end}` }) });
  const { stderr, code } = await place.callsheet('run', '--plan', 'plan.yaml', '--agent', WRITER);
  expect(code).toBe(3);
  expect(stderr).toContain(`gate: true${end}`);
});

/** The command in a terminal of its own; `keys` are typed when it asks. */
async function inTerminal(
  place: Place,
  args: string[],
  keys: string,
): Promise<{ output: string; code: number | null }> {
  const quoted = [process.execPath, COMMAND, ...args]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ');
  const inShell = `stty cols 80 rows 24; exec ${quoted}`;
  // The two programs of this name take their arguments in different ways.
  const script =
    process.platform === 'darwin' ? ['-q', '/dev/null', 'sh', '-c', inShell] : ['-qec', inShell, '/dev/null'];
  const env = { ...process.env, ...place.env, SHELL: '/bin/sh', TERM: 'xterm' };
  const child = spawn('script', script, { cwd: place.root, env, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  let isTyped = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (isTyped || !output.includes('Start? [y/N]')) return;
    isTyped = true;
    child.stdin.write(keys);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { output, code };
}

describe('on a terminal', () => {
  const given = (): Place => {
    const place = givenPlace();
    place.write({ 'plan.yaml': planOf([{ id: 'one' }, { id: 'two' }], { gate: 'test -f a.txt' }) });
    return place;
  };
  const args = ['run', '--plan', 'plan.yaml', '--agent', WRITER];

  test('the plan is shown and the start is asked for', async () => {
    const place = given();
    const { output, code } = await inTerminal(place, args, 'y\r');
    expect(output).toContain('2 tasks, 3 workers, at most 2 at once');
    expect(output).toContain('gate: test -f a.txt');
    expect(output).toMatch(/run-1: \d of 2 tasks complete/);
    expect(output).toContain('of 3 workers busy');
    expect(output).toContain('run-1 finished: 2 of 2 tasks complete');
    expect(code).toBe(0);
    // The second time the start alone is asked for.
    const again = await inTerminal(place, args, 'n\r');
    expect(again.output).not.toContain('nobody has agreed');
    expect(again.output).toContain('NOT_CONFIRMED');
    expect(again.code).toBe(3);
  });

  test.each([
    ['no', 'n\r', 3],
    ['nothing', '\r', 3],
    ['the end of input', '\u0004', 3],
    ['an interruption', '\u0003', 130],
  ])('%s starts nothing', async (_, keys, exit) => {
    const place = given();
    const { output, code } = await inTerminal(place, args, keys);
    expect(output).toContain('Nothing was started.');
    expect(code).toBe(exit);
    expect(place.known().refs).toEqual(['refs/heads/main']);
    expect(place.beside()).toEqual([]);
  });
});
