import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { labelled, textOf } from './documents.js';
import { givenApp } from './given-app.js';

test("the README's example lands its plan on the branch it began from", async () => {
  const [plan, example] = [labelled('README.md', 'plan')[0], labelled('README.md', 'example')[0]];
  await using app = await givenApp();
  await writeFile(join(app.root, '..', 'plan.yaml'), plan?.text ?? '');
  const { code, stdout, stderr } = await app.shell(example?.text ?? 'false');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('2 of 2 tasks complete');
  const files = await app.shell('git ls-tree --name-only main && ls');
  expect(files.stdout).toBe(['README.md', 'bye.txt', 'hello.txt', ''].join('\n').repeat(2));
});

test("the README's two commands are scripts of the project", () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  for (const [, name] of textOf('README.md').matchAll(/npm run ([\w:]+)/g))
    expect(scripts).toHaveProperty([name ?? '']);
  expect(scripts).toHaveProperty('test');
});
