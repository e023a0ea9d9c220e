import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { countedEvents } from './counted-events.js';
import { editBesideEachOther, givenGuarded, TEN_LINES, use } from './guarded.js';
import { describeClient, RUNS_ALL, slowTest } from './installed.js';
import { scriptedModel, type ScriptedModel } from './model.js';
import { givenOpencode } from './opencode.js';

// It needs several seconds of a processor before it asks its model.
vi.setConfig({ testTimeout: 120_000 });

const read = (path: string) => ({ name: 'read', input: { filePath: path } });
const write = (path: string, content: string) => ({ name: 'write', input: { filePath: path, content } });
const edit = (path: string, from: string, to: string) => ({
  name: 'edit',
  input: { filePath: path, oldString: from, newString: to },
});
const run = (command: string) => ({ name: 'bash', input: { command, description: 'Runs it' } });

const given = (model: ScriptedModel, files?: Record<string, string>) =>
  givenGuarded({ name: 'opencode', given: givenOpencode, model, ...(files === undefined ? {} : { files }) });

describeClient('opencode', 'two real sessions of opencode in one repository', () => {
  test('an edit beside a change of another is held back until that has been seen', async () => {
    const results = await editBesideEachOther({ read, edit }, given);
    expect(results[1]?.text).toContain('-two\n+TWO');
    expect(results[2]?.text).toContain('Edit applied successfully');
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
    await using place = await given(model);
    await Promise.all([place.play('slow'), place.play('quick')]);
    const [, , told] = model.log.filter(({ script }) => script === 'slow');
    expect(told?.results[0]?.text).toMatch(/^Edit applied successfully[\s\S]*-two\n\+TWO/);
    expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
  });

  slowTest(
    'a lock by hand keeps out until it is let go of, and git stash is refused while the other has work there',
    async () => {
      await using model = await scriptedModel();
      await using place = await given(model);
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
      await Promise.all([place.play('worker'), place.play('stasher')]);
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
      await using place = await given(model, { 'a.txt': TEN_LINES, 'part/a.txt': TEN_LINES });
      const events = countedEvents(join(place.root, '.git/callsheet/hook'));
      await place.play('work', cwd);
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

  slowTest('what it does is its own business where callsheet is set up for others only', async () => {
    await using model = await scriptedModel({
      work: [use(write('a.txt', 'mine\n')), { text: 'Done.' }],
    });
    await using place = await given(model);
    rmSync(join(place.root, '.git/callsheet'), { recursive: true });
    await place.play('work');
    expect(place.text('a.txt')).toBe('mine\n');
  });
});
