import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { entryPoint } from '../../src/process/index.js';
import { serverFile } from '../../src/server/server-file.js';
import { givenHook, run, untilServed } from './given-hook.js';

function startServe(root: string, ...args: string[]) {
  const child = spawn(process.execPath, [entryPoint('callsheet'), 'serve', ...args], { cwd: root });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const spoken = once(child.stdout, 'data');
  return { child, spoken, said: () => said };
}

test('serve says where it answers, but not the secret, and takes its file away on SIGTERM', async () => {
  const { root, sheetFolder } = await givenHook();
  const { child, spoken, said } = startServe(root);
  const file = await untilServed(sheetFolder);
  await spoken;
  expect(said()).toBe(`Hooks of ${root} are answered at http://127.0.0.1:${file.port}. End it: Ctrl-C\n`);
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([130, null]);
  expect(said()).not.toMatch(new RegExp(`${file.secret}|${file.proof}`));
  expect(existsSync(serverFile(sheetFolder))).toBe(false);
});

test('where one answers already a second ends at once', async () => {
  const { root, sheetFolder } = await givenHook();
  const { spoken, said } = startServe(root, '--json');
  const { port, process: server } = await untilServed(sheetFolder);
  await spoken;
  const address = `http://127.0.0.1:${port}`;
  expect(JSON.parse(said())).toEqual({ pid: server.pid, address, isOther: false });
  const command = [entryPoint('callsheet'), 'serve'];
  expect(await run(process.execPath, command, '', root)).toEqual({
    code: 0,
    stdout: `Process ${server.pid} answers already, at ${address}.\n`,
    stderr: '',
  });
});
