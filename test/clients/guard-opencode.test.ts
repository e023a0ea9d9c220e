import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';
import { countedEvents } from './counted-events.js';
import { describeClient, RUNS_ALL, slowTest } from './installed.js';
import { scriptedModel, type ScriptedModel } from './model.js';
import { givenOpencode } from './opencode.js';
import type { ToolCall, Turn } from './script.js';

// It needs several seconds of a processor before it asks its model.
vi.setConfig({ testTimeout: 120_000 });

const TEN_LINES = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n';

const use = (...tools: ToolCall[]): Turn => ({ tools });
const read = (path: string) => ({ name: 'read', input: { filePath: path } });
const write = (path: string, content: string) => ({ name: 'write', input: { filePath: path, content } });
const edit = (path: string, from: string, to: string) => ({
  name: 'edit',
  input: { filePath: path, oldString: from, newString: to },
});
const run = (command: string) => ({ name: 'bash', input: { command, description: 'Runs it' } });

/** A repository set up by `callsheet init`, and a person in it. */
async function givenGuarded(model: ScriptedModel, files: Record<string, string> = { 'a.txt': TEN_LINES }) {
  const place = await givenRepository(files);
  const opencode = givenOpencode({ root: place.root, model });
  const callsheet = async (...args: string[]): Promise<string> => {
    const env = { HOME: opencode.home, XDG_CONFIG_HOME: join(opencode.home, '.config') };
    const { code, stdout, stderr } = await runCallsheet(place.root, args, env);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  await callsheet('init', '--opencode', '--yes');
  return {
    ...{ ...place, opencode, callsheet },
    text: (name: string) => readFileSync(join(place.root, name), 'utf8'),
    sheet: async (query: string) => JSON.parse(await callsheet('sql', query, '--json')) as unknown,
    async [Symbol.asyncDispose]() {
      await opencode[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

describeClient('opencode', 'two real sessions of opencode in one repository', () => {
  test('an edit beside a change of another is held back until that has been seen', async () => {
    await using model = await scriptedModel({
      slow: [
        use(read('a.txt')),
        async () => {
          await model.asked('quick', 1);
          return use(edit('a.txt', 'three', 'THREE'));
        },
        use(edit('a.txt', 'three', 'THREE')),
        { text: 'Done.' },
      ],
    });
    model.learn({
      quick: [{ ...use(edit('a.txt', 'two', 'TWO')), after: model.asked('slow', 1) }, { text: 'Done.' }],
    });
    await using place = await givenGuarded(model);
    await Promise.all(['slow', 'quick'].map((name) => place.opencode.run(`[[script:${name}]]`).finished));
    const results = model.log.filter(({ script }) => script === 'slow').flatMap((each) => each.results);
    expect(results[1]?.text).toContain('-two\n+TWO');
    expect(results[2]?.text).toContain('Edit applied successfully');
    expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('three', 'THREE'));
    expect(model.told('slow')).toMatch(/you are \w+ in this repository/);
    expect(await place.sheet('select count(*) as open from agents where ended is null')).toEqual({
      rows: [{ open: 0 }],
    });
  });

  slowTest('a change far from its own goes along with the result', async () => {
    await using model = await scriptedModel({
      slow: [
        use(read('a.txt')),
        async () => {
          await model.asked('quick', 1);
          return use(edit('a.txt', 'nine', 'NINE'));
        },
        { text: 'Done.' },
      ],
    });
    model.learn({
      quick: [{ ...use(edit('a.txt', 'two', 'TWO')), after: model.asked('slow', 1) }, { text: 'Done.' }],
    });
    await using place = await givenGuarded(model);
    await Promise.all(['slow', 'quick'].map((name) => place.opencode.run(`[[script:${name}]]`).finished));
    const [, , told] = model.log.filter(({ script }) => script === 'slow');
    expect(told?.results[0]?.text).toMatch(/^Edit applied successfully[\s\S]*-two\n\+TWO/);
    expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
  });

  slowTest(
    'a lock by hand keeps out until it is let go of, and git stash is refused while the other has work there',
    async () => {
      await using model = await scriptedModel();
      await using place = await givenGuarded(model);
      model.learn({
        worker: [
          use(edit('a.txt', 'two', 'TWO')),
          async () => {
            await model.asked('stasher', 2);
            return { text: 'Done.' };
          },
        ],
        stasher: [
          { ...use(run('git stash')), after: model.asked('worker', 1) },
          async () => {
            await place.callsheet('lock', 'acquire', 'a.txt', '--as', 'mia');
            return use(edit('a.txt', 'nine', 'NINE'));
          },
          async () => {
            await place.callsheet('lock', 'release', '--all', '--as', 'mia');
            return use(edit('a.txt', 'nine', 'NINE'));
          },
          { text: 'Done.' },
        ],
      });
      await Promise.all(
        ['worker', 'stasher'].map((name) => place.opencode.run(`[[script:${name}]]`).finished),
      );
      const results = model.log.filter(({ script }) => script === 'stasher').flatMap((each) => each.results);
      expect(results[0]?.text).toContain('`git stash` would throw away work of');
      expect(results[1]?.text).toContain('a.txt is locked by mia');
      expect(results[2]?.text).toContain('Edit applied successfully');
      expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
    },
  );
});

describeClient('opencode', 'a real session of opencode on its own', () => {
  test.each(RUNS_ALL ? ['.', 'part'] : ['.'])(
    'started in %s, each hook runs once, and a write over what it has not seen is answered first',
    async (cwd) => {
      await using model = await scriptedModel({
        work: [use(write('a.txt', 'mine\n')), use(write('a.txt', 'mine\n')), { text: 'Done.' }],
      });
      await using place = await givenGuarded(model, { 'a.txt': TEN_LINES, 'part/a.txt': TEN_LINES });
      const events = countedEvents(join(place.root, '.git/callsheet/hook'));
      await place.opencode.run('[[script:work]]', { cwd: join(place.root, cwd) }).finished;
      expect(model.log[0]?.tools).toContain('callsheet_claim_task');
      const [first, second] = model.log.flatMap(({ results }) => results);
      expect(first?.text).toContain('which you have not seen');
      expect(second?.text).toContain('Wrote file successfully');
      expect(place.text(join(cwd, 'a.txt'))).toBe('mine\n');
      expect(await place.sheet('select name, driver from agents')).toEqual({
        rows: [{ name: 'ada', driver: 'opencode' }],
      });
      expect(events()).toEqual([
        ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PreToolUse', 'PostToolUse', 'Stop'],
        'SessionEnd',
      ]);
    },
  );

  test('what it does is its own business where callsheet is set up for others only', async () => {
    await using model = await scriptedModel({
      work: [use(write('a.txt', 'mine\n')), { text: 'Done.' }],
    });
    await using place = await givenGuarded(model);
    rmSync(join(place.root, '.git/callsheet'), { recursive: true });
    await place.opencode.run('[[script:work]]').finished;
    expect(place.text('a.txt')).toBe('mine\n');
  });
});
