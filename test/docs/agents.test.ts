import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScript } from '../../src/driver/scripted/script.js';
import { STEP_READERS } from '../../src/driver/scripted/step-readers.js';
import { firstCells, labelled, sectionOf } from './documents.js';
import { givenApp } from './given-app.js';

const FILE = 'docs/agents.md';

test.each(labelled(FILE, 'script'))('the script $name is read without a mistake', async ({ text }) => {
  const folder = await mkdtemp(join(tmpdir(), 'callsheet-script-'));
  try {
    await writeFile(join(folder, 'script.yaml'), text);
    expect((await loadScript(join(folder, 'script.yaml'))).tasks.size).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('every step of a script is described, and no other', () => {
  expect(firstCells(sectionOf(FILE, '## `scripted:FILE`')).sort()).toEqual(Object.keys(STEP_READERS).sort());
});

test('an agent gets the variables that are described, and no other of callsheet', async () => {
  await using app = await givenApp();
  await writeFile(
    join(app.root, '..', 'plan.yaml'),
    'tasks: [{id: look, spec: "Write `env.txt`.", model: small}]\n',
  );
  const agent = 'command:env | grep ^CALLSHEET_ | cut -d= -f1 > env.txt';
  expect(await app.run('run', '--plan', '../plan.yaml', '--agent', agent, '--yes')).toMatchObject({
    code: 0,
  });
  const { stdout } = await app.shell('git show callsheet/run-1/main:env.txt');
  const described = firstCells(sectionOf(FILE, '## Environment')).filter(
    (name) => name !== 'CALLSHEET_STORE',
  );
  expect(stdout.trim().split('\n').sort()).toEqual(described.sort());
});
