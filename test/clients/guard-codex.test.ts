import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';
import { givenCodex } from './codex.js';
import { describeClient } from './installed.js';
import { scriptedModel } from './model.js';

const TEN_LINES = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n';

const patch = (...lines: string[]): string =>
  ['*** Begin Patch', '*** Update File: a.txt', '@@', ...lines, '*** End Patch'].join('\n');
const apply = (...lines: string[]) => ({ tools: [{ name: 'apply_patch', input: patch(...lines) }] });
const run = (cmd: string) => ({ tools: [{ name: 'exec_command', input: { cmd } }] });

describeClient('codex', 'two real sessions of Codex in one repository', () => {
  test.each([
    ['apply_patch', apply(' two', '-three', '+THREE')],
    ['apply_patch in a command', run(`apply_patch <<'EOF'\n${patch(' two', '-three', '+THREE')}\nEOF`)],
  ])('a patch beside a change of another is held back until that has been seen (%s)', async (_, stale) => {
    await using place = await givenRepository({ 'a.txt': TEN_LINES });
    await using model = await scriptedModel({
      slow: [
        run('cat a.txt'),
        async () => {
          await model.asked('quick', 1);
          return stale;
        },
        apply(' TWO', '-three', '+THREE'),
        { text: 'Done.' },
      ],
    });
    model.learn({
      quick: [{ ...apply('-two', '+TWO'), after: model.asked('slow', 1) }, { text: 'Done.' }],
    });
    await using codex = givenCodex({ root: place.root, model });
    const env = { HOME: codex.home, CODEX_HOME: join(codex.home, '.codex') };
    const { code, stderr } = await runCallsheet(place.root, ['init', '--codex', '--yes'], env);
    expect(code, stderr).toBe(0);
    await Promise.all(['slow', 'quick'].map((name) => codex.run(`[[script:${name}]]`).finished));
    const told = model.told('slow');
    expect(told).toMatch(/you are \w+ in this repository/);
    expect(told).toContain('-two\n+TWO');
    expect(readFileSync(join(place.root, 'a.txt'), 'utf8')).toBe(
      TEN_LINES.replace('two', 'TWO').replace('three', 'THREE'),
    );
    const log = await runCallsheet(place.root, ['log', '--type', 'file.refused']);
    expect(log.stdout).toContain('a.txt');
  });
});
