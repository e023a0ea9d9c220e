import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenGemini } from './gemini.js';
import { countedEvents } from './counted-events.js';
import { editBesideEachOther, givenGuarded, TEN_LINES, use } from './guarded.js';
import { describeClient, RUNS_ALL, slowTest } from './installed.js';
import { scriptedModel, type ScriptedModel } from './model.js';

const read = (path: string) => ({ name: 'read_file', input: { file_path: path } });
const write = (path: string, content: string) => ({
  name: 'write_file',
  input: { file_path: path, content },
});
const replace = (path: string, from: string, to: string) => ({
  name: 'replace',
  input: { file_path: path, instruction: 'Changes it', old_string: from, new_string: to },
});
const run = (command: string) => ({ name: 'run_shell_command', input: { command } });

const given = (model: ScriptedModel, files?: Record<string, string>) =>
  givenGuarded({ name: 'gemini', given: givenGemini, model, ...(files === undefined ? {} : { files }) });

describeClient('gemini', 'two real sessions of Gemini CLI in one repository', () => {
  test('a replacement beside a change of another is held back until that has been seen', async () => {
    const results = await editBesideEachOther({ read, edit: replace }, given);
    expect(results[1]).toMatchObject({ isError: true });
    expect(results[1]?.text).toContain('-two\n+TWO');
    expect(results[2]).toMatchObject({ isError: false });
  });

  slowTest(
    'a change far from its own goes along with the result, and before its turn ends it is sent back once',
    async () => {
      await using model = await scriptedModel({
        slow: [
          use(read('a.txt')),
          async () => {
            await model.asked('quick', 1);
            return use(replace('a.txt', 'nine', 'NINE'));
          },
          async () => {
            await model.asked('quick', 2);
            return { text: 'I am done.' };
          },
          { text: 'It still holds.' },
        ],
      });
      model.learn({
        quick: [
          { ...use(replace('a.txt', 'two', 'TWO')), after: model.asked('slow', 1) },
          { ...use(replace('a.txt', 'four', 'FOUR')), after: model.asked('slow', 2) },
          { text: 'Done.' },
        ],
      });
      await using place = await given(model);
      await Promise.all([place.play('slow'), place.play('quick')]);
      const asked = model.log.filter(({ script }) => script === 'slow');
      expect(asked[2]?.results[0]).toMatchObject({ isError: false });
      expect(asked[2]?.results[0]?.text).toContain('-two\n+TWO');
      expect(asked[3]?.prompts.join()).toContain('-four\n+FOUR');
      expect(place.text('a.txt')).toBe(
        TEN_LINES.replace('two', 'TWO').replace('four', 'FOUR').replace('nine', 'NINE'),
      );
    },
  );

  slowTest('git stash is refused while the other has work there', async () => {
    await using model = await scriptedModel({
      worker: [
        use(replace('a.txt', 'two', 'TWO')),
        async () => {
          await model.asked('stasher', 1);
          return { text: 'Done.' };
        },
      ],
    });
    model.learn({
      stasher: [{ ...use(run('git stash')), after: model.asked('worker', 1) }, { text: 'Done.' }],
    });
    await using place = await given(model);
    await Promise.all([place.play('worker'), place.play('stasher')]);
    expect(model.told('stasher')).toContain('`git stash` would throw away work of');
    expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO'));
  });
});

describeClient('gemini', 'a real session of Gemini CLI on its own', () => {
  test.each(RUNS_ALL ? ['.', 'part'] : ['.'])(
    'started in %s, each hook runs once, and a write over what it has not seen is answered first',
    async (cwd) => {
      await using model = await scriptedModel({
        work: [use(write('a.txt', 'mine\n')), use(write('a.txt', 'mine\n')), { text: 'Done.' }],
      });
      await using place = await given(model, { 'a.txt': TEN_LINES, 'part/a.txt': TEN_LINES });
      const events = countedEvents(join(place.root, '.git/callsheet/hook'));
      await place.play('work', cwd);
      const [first, second] = model.log.flatMap(({ results }) => results);
      expect(first).toMatchObject({ isError: true });
      expect(first?.text).toContain('which you have not seen');
      expect(second).toMatchObject({ isError: false });
      expect(place.text(join(cwd, 'a.txt'))).toBe('mine\n');
      expect(await place.sheet('select name, driver from agents')).toEqual({
        rows: [{ name: 'ada', driver: 'gemini' }],
      });
      expect(events()).toEqual([
        ...[
          'SessionStart',
          'BeforeAgent',
          'BeforeTool',
          'BeforeTool',
          'AfterTool',
          'AfterAgent',
          'SessionEnd',
        ],
      ]);
    },
  );

  slowTest('its commands and reads run beside each other, and what each has written is its own', async () => {
    await using model = await scriptedModel({
      work: [
        use(
          run('until [ -f read.txt ]; do sleep 0.05; done; printf "new\\n" > b.txt'),
          read('a.txt'),
          run('sleep 0.2; touch read.txt'),
        ),
        use(write('b.txt', 'whole\n')),
        { text: 'Done.' },
      ],
    });
    await using place = await given(model);
    await place.play('work');
    expect(model.log.flatMap(({ results }) => results).filter(({ isError }) => isError)).toEqual([]);
    expect(place.text('b.txt')).toBe('whole\n');
    expect(await place.sheet("select path, how from writes where path = 'b.txt' order by seq")).toEqual({
      rows: [
        { path: 'b.txt', how: 'shell' },
        { path: 'b.txt', how: 'write' },
      ],
    });
  });
});
