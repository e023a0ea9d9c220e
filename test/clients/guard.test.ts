import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entryPoint } from '../../src/process/index.js';
import { runCallsheet } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';
import { fileAppears } from '../run/given-project.js';
import { givenClaude } from './claude.js';
import { TEN_LINES, use } from './guarded.js';
import { describeClient, slowTest } from './installed.js';
import { scriptedModel } from './model.js';

/** A repository set up by `callsheet init`, in which real sessions of Claude Code work. */
async function givenGuarded(files: Record<string, string> = { 'a.txt': TEN_LINES }) {
  const place = await givenRepository(files);
  const callsheet = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCallsheet(place.root, args, { HOME: place.folder });
    expect(code, stderr).toBe(0);
    return stdout;
  };
  await callsheet('init', '--claude', '--yes', '--json');
  const file = (name: string): string => join(place.root, name);
  return {
    ...place,
    callsheet,
    file,
    text: (name: string) => readFileSync(file(name), 'utf8'),
    sheet: async (query: string) => JSON.parse(await callsheet('sql', query, '--json')) as unknown,
    read: (name: string) => ({ name: 'Read', input: { file_path: file(name) } }),
    write: (name: string, content: string) => ({ name: 'Write', input: { file_path: file(name), content } }),
    edit: (name: string, from: string, to: string) => ({
      name: 'Edit',
      input: { file_path: file(name), old_string: from, new_string: to },
    }),
    bash: (command: string) => ({ name: 'Bash', input: { command, description: 'Runs it' } }),
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
    },
  };
}

describeClient('claude', 'two real sessions of Claude Code in one repository', () => {
  test('one file: the later write does not drop the earlier work; both changes stay', async () => {
    await using place = await givenGuarded();
    const { read, write, edit, bash } = place;
    await using model = await scriptedModel({
      slow: [
        // The client itself does not count this as reading the file, and would write over it.
        use(bash('git show HEAD:a.txt')),
        async () => {
          await model.asked('quick', 2);
          return use(write('a.txt', TEN_LINES.replace('nine', 'NINE')));
        },
        // What it was told is in its results: it carries its change over to the file as it is.
        use(edit('a.txt', 'nine', 'NINE')),
        { text: 'Done.' },
      ],
    });
    model.learn({
      quick: [
        { ...use(read('a.txt')), after: model.asked('slow', 1) },
        use(edit('a.txt', 'two', 'TWO')),
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    const sessions = [claude.run('[[script:slow]]'), claude.run('[[script:quick]]')];
    await Promise.all(sessions.map(({ finished }) => finished));
    const told = model.told('slow');
    expect(told).toMatch(/not written\. a\.txt exists .* which you have not seen[\s\S]*one\nTWO\nthree/);
    expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
    expect(await place.sheet('select name, ended is not null as ended from agents order by name')).toEqual({
      rows: [
        { name: 'ada', ended: 1 },
        { name: 'bo', ended: 1 },
      ],
    });
  });

  slowTest('one file: an edit beside a change of another is held back until that has been seen', async () => {
    await using place = await givenGuarded();
    const { read, edit } = place;
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
    await using claude = givenClaude({ root: place.root, model });
    await Promise.all(['slow', 'quick'].map((name) => claude.run(`[[script:${name}]]`).finished));
    const results = model.log.filter(({ script }) => script === 'slow').flatMap((each) => each.results);
    expect(results[1]).toMatchObject({ isError: true });
    expect(results[1]?.text).toContain('-two\n+TWO');
    expect(results[2]).toMatchObject({ isError: false });
    expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('three', 'THREE'));
  });

  slowTest('one file: a replacement everywhere waits until the change of another has been seen', async () => {
    await using place = await givenGuarded();
    const { read, edit } = place;
    const everywhere = edit('a.txt', 'e', 'E');
    const all = { ...everywhere, input: { ...everywhere.input, replace_all: true } };
    await using model = await scriptedModel({
      slow: [
        use(read('a.txt')),
        async () => {
          await model.asked('quick', 1);
          return use(all);
        },
        use(all),
        { text: 'Done.' },
      ],
    });
    model.learn({
      quick: [{ ...use(edit('a.txt', 'two', 'tee')), after: model.asked('slow', 1) }, { text: 'Done.' }],
    });
    await using claude = givenClaude({ root: place.root, model });
    await Promise.all(['slow', 'quick'].map((name) => claude.run(`[[script:${name}]]`).finished));
    const results = model.log.filter(({ script }) => script === 'slow').flatMap((each) => each.results);
    expect(results[1]?.text).toContain('a.txt has changed since you last saw it whole');
    expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'tee').replaceAll('e', 'E'));
  });

  test('a write over a file that was never seen is answered first with what is there', async () => {
    await using place = await givenGuarded();
    await using model = await scriptedModel({
      work: [use(place.write('a.txt', 'mine\n')), use(place.write('a.txt', 'mine\n')), { text: 'Done.' }],
    });
    await using claude = givenClaude({ root: place.root, model });
    await claude.run('[[script:work]]').finished;
    const [first, second] = model.log.slice(1).flatMap(({ results }) => results);
    expect(first).toMatchObject({ isError: true });
    expect(first?.text).toContain('which you have not seen');
    expect(second).toMatchObject({ isError: false });
    expect(place.text('a.txt')).toBe('mine\n');
  });

  test('a change of what a session has read reaches it at its next step, and sends it back before it ends', async () => {
    await using place = await givenGuarded({ 'a.txt': TEN_LINES, 'b.txt': 'b\n' });
    const { read, edit } = place;
    await using model = await scriptedModel({
      reader: [
        use(read('a.txt')),
        async () => {
          await model.asked('writer', 1);
          return use(read('b.txt'));
        },
        async () => {
          await model.asked('writer', 2);
          return { text: 'I am done.' };
        },
        { text: 'It still holds.' },
      ],
    });
    model.learn({
      writer: [
        { ...use(edit('a.txt', 'two', 'TWO')), after: model.asked('reader', 1) },
        { ...use(edit('a.txt', 'nine', 'NINE')), after: model.asked('reader', 2) },
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    const sessions = [claude.run('[[script:reader]]'), claude.run('[[script:writer]]')];
    const [messages] = await Promise.all(sessions.map(({ finished }) => finished));
    const asked = model.log.filter(({ script }) => script === 'reader');
    expect(asked[2]?.contexts.join()).toContain('+TWO');
    expect(JSON.stringify(asked[3])).toContain('+NINE');
    expect(messages?.at(-1)).toMatchObject({ result: 'It still holds.' });
  });

  test('git stash is refused while the other has work there, and a lock by hand keeps out', async () => {
    await using place = await givenGuarded();
    const { edit, bash } = place;
    await using model = await scriptedModel({
      worker: [
        use(edit('a.txt', 'two', 'TWO')),
        async () => {
          await model.asked('stasher', 2);
          return { text: 'Done.' };
        },
      ],
    });
    model.learn({
      stasher: [
        { ...use(bash('git stash')), after: model.asked('worker', 1) },
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
    await using claude = givenClaude({ root: place.root, model });
    await Promise.all(['worker', 'stasher'].map((name) => claude.run(`[[script:${name}]]`).finished));
    const results = model.log.filter(({ script }) => script === 'stasher').flatMap((each) => each.results);
    expect(results[0]?.text).toMatch(/`git stash` would throw away work of (ada|bo)/);
    expect(results[1]?.text).toContain('a.txt is locked by mia');
    expect(results[2]).toMatchObject({ isError: false });
    expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('nine', 'NINE'));
  });

  slowTest('git stash is let through once the other has committed its work, though it goes on', async () => {
    await using place = await givenGuarded();
    const { edit, bash } = place;
    await using model = await scriptedModel({
      worker: [
        use(edit('a.txt', 'two', 'TWO')),
        async () => {
          await model.asked('stasher', 1);
          return use(bash('git -c user.name=x -c user.email=x@x commit -qam mine'));
        },
        async () => {
          await model.asked('stasher', 2);
          return { text: 'Done.' };
        },
      ],
    });
    model.learn({
      stasher: [
        { ...use(bash('git stash')), after: model.asked('worker', 1) },
        async () => {
          await model.asked('worker', 2);
          return use(bash('git stash'));
        },
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    await Promise.all(['worker', 'stasher'].map((name) => claude.run(`[[script:${name}]]`).finished));
    const results = model.log.filter(({ script }) => script === 'stasher').flatMap((each) => each.results);
    expect(results[0]?.text).toMatch(/`git stash` would throw away work of (ada|bo)/);
    expect(results[1]).toMatchObject({ isError: false });
  });

  slowTest('a command that writes over a change is told of to both', async () => {
    await using place = await givenGuarded();
    const { read, edit, bash } = place;
    await using model = await scriptedModel({
      shell: [
        use(read('a.txt')),
        async () => {
          await model.asked('editor', 1);
          return use(bash('printf "mine\\n" > a.txt'));
        },
        { text: 'Done.' },
      ],
    });
    model.learn({
      editor: [
        { ...use(edit('a.txt', 'two', 'TWO')), after: model.asked('shell', 1) },
        async () => {
          await model.asked('shell', 2);
          return use(bash('true'));
        },
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    await Promise.all(['shell', 'editor'].map((name) => claude.run(`[[script:${name}]]`).finished));
    expect(model.told('shell')).toContain('your command wrote a.txt over a change that you had not seen');
    expect(model.told('editor')).toMatch(/a\.txt has changed since you last saw it: \w+ wrote it/);
  });
});

describeClient('claude', 'git, asked before a commit of a real session', () => {
  test('holds back what a command wrote over the unseen change of another', async () => {
    await using place = await givenGuarded();
    const { read, edit, bash } = place;
    const commit = 'git -c user.name=x -c user.email=x@x commit -qam mine';
    await using model = await scriptedModel({
      shell: [
        use(read('a.txt')),
        async () => {
          await model.asked('editor', 1);
          return use(bash(`printf "mine\\n" > a.txt && ${commit}`));
        },
        { text: 'Done.' },
      ],
    });
    model.learn({
      editor: [
        { ...use(edit('a.txt', 'two', 'TWO')), after: model.asked('shell', 1) },
        async () => {
          await model.asked('shell', 2);
          return { text: 'Done.' };
        },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    await Promise.all(['shell', 'editor'].map((name) => claude.run(`[[script:${name}]]`).finished));
    expect(model.told('shell')).toMatch(/a\.txt[\s\S]*wrote over a change/);
    expect(place.git('log', '--format=%s')).toBe('base');
  });
});

describeClient('claude', 'a real session of Claude Code on its own', () => {
  slowTest('is refused nothing, and told nothing but its name', async () => {
    await using place = await givenGuarded({ 'a.txt': TEN_LINES, 'b.txt': 'b\n' });
    const { read, write, edit, bash } = place;
    await using model = await scriptedModel({
      work: [
        use(read('a.txt'), read('b.txt')),
        use(edit('a.txt', 'two', 'TWO')),
        use(write('b.txt', 'c\n'), write('new.txt', 'new\n')),
        use(bash('echo more >> b.txt; cat b.txt')),
        use(write('b.txt', 'd\n')),
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    await claude.run('[[script:work]]').finished;
    expect(model.log.flatMap(({ results }) => results).filter(({ isError }) => isError)).toEqual([]);
    const texts = model.log
      .flatMap(({ contexts }) => contexts)
      .filter((text) => text.includes('callsheet: '));
    expect([...new Set(texts)]).toHaveLength(1);
    expect(place.text('b.txt')).toBe('d\n');
  });

  slowTest('that was compacted or resumed finds its picture again', async () => {
    await using place = await givenGuarded();
    await using model = await scriptedModel({
      first: [use(place.edit('a.txt', 'two', 'TWO')), { text: 'Begun.' }],
      again: [{ text: 'Going on.' }],
    });
    await using claude = givenClaude({ root: place.root, model });
    const [started] = await claude.run('[[script:first]]').finished;
    await claude.run('[[script:again]]', { args: ['--resume', String(started?.session_id)] }).finished;
    const told = model.log.filter(({ script }) => script === 'again')[0]?.contexts.join() ?? '';
    expect(told).toMatch(/you are ada[\s\S]*You have written a\.txt/);
  });

  slowTest('that is forked knows what its parent has read, and hears of what has changed since', async () => {
    await using place = await givenGuarded({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES });
    const { read, write, edit } = place;
    await using model = await scriptedModel({
      first: [use(read('a.txt'), read('b.txt')), { text: 'Begun.' }],
      other: [use(edit('b.txt', 'two', 'TWO')), { text: 'Done.' }],
      fork: [use(write('a.txt', 'mine\n')), use(write('b.txt', 'mine\n')), { text: 'Done.' }],
    });
    await using claude = givenClaude({ root: place.root, model });
    const [started] = await claude.run('[[script:first]]').finished;
    await claude.run('[[script:other]]').finished;
    const args = ['--resume', String(started?.session_id), '--fork-session'];
    const [forked] = await claude.run('[[script:fork]]', { args }).finished;
    expect(forked?.session_id).not.toBe(started?.session_id);
    const results = model.log.filter(({ script }) => script === 'fork').flatMap((each) => each.results);
    expect(results[0]).toMatchObject({ isError: false });
    expect(model.told('fork')).toMatch(/b\.txt has changed since you last saw it: bo wrote it[\s\S]*\+TWO/);
    expect(place.text('a.txt')).toBe('mine\n');
  });

  slowTest('that is compacted is asked what to keep, and keeps its summary', async () => {
    await using place = await givenGuarded();
    await using model = await scriptedModel({
      first: [use(place.edit('a.txt', 'two', 'TWO')), { text: 'Begun.' }],
    });
    model.summary = 'The limit is 10.';
    await using claude = givenClaude({ root: place.root, model });
    const [started] = await claude.run('[[script:first]]').finished;
    await claude.run('/compact', { args: ['--resume', String(started?.session_id)] }).finished;
    expect(model.summed.join()).toContain('the decisions taken and why');
    expect(await place.callsheet('note', 'get', 'session:ada')).toContain('The limit is 10.');
  });

  slowTest('has a subagent whose work it knows afterwards', async () => {
    await using place = await givenGuarded({ 'a.txt': TEN_LINES, 'b.txt': TEN_LINES });
    const { edit, write, bash } = place;
    const prompt = { description: 'Edits', prompt: '[[script:helper]]', subagent_type: 'general-purpose' };
    await using model = await scriptedModel({
      boss: [
        use({ name: 'Agent', input: { ...prompt, run_in_background: false } }),
        use(write('b.txt', 'mine\n')),
        { text: 'Done.' },
      ],
      helper: [use(bash('cat b.txt')), use(edit('b.txt', 'two', 'TWO')), { text: 'Helped.' }],
    });
    await using claude = givenClaude({ root: place.root, model });
    await claude.run('[[script:boss]]').finished;
    expect(model.told('helper')).not.toContain('not written');
    expect(
      await place.sheet('select agents.name, how from writes join agents on agents.id = agent order by seq'),
    ).toMatchObject({
      rows: [
        { name: 'ada.1', how: 'edit' },
        { name: 'ada', how: 'write' },
      ],
    });
  });

  slowTest('gives its task back when it ends, and keeps it no longer than its process goes on', async () => {
    await using place = await givenGuarded();
    const claim = `node '${entryPoint('callsheet')}' task claim limiter`;
    await using model = await scriptedModel({
      ends: [use(place.bash(claim)), { text: 'Done.' }],
      dies: [use(place.bash(claim)), () => new Promise(() => undefined)],
    });
    await place.callsheet('task', 'add', 'Limit it', '--id', 'limiter', '--as', 'mia');
    await using claude = givenClaude({ root: place.root, model });
    await claude.run('[[script:ends]]').finished;
    const log = 'select name, outcome from attempts join agents on agents.id = agent order by attempt';
    expect(await place.sheet(log)).toMatchObject({ rows: [{ name: 'ada', outcome: 'released' }] });
    const killed = claude.run('[[script:dies]]');
    await model.asked('dies', 1);
    expect(await place.sheet(log)).toMatchObject({ rows: [{}, { name: 'bo', outcome: null }] });
    await killed[Symbol.asyncDispose]();
    expect(await place.callsheet('task', 'show', 'limiter', '--as', 'mia')).toContain('ready');
    expect(await place.sheet(log)).toMatchObject({ rows: [{}, { name: 'bo', outcome: 'interrupted' }] });
  });

  test('is answered without a server from one step to the next', async () => {
    await using place = await givenGuarded();
    const { read, edit, bash } = place;
    const server = join(place.root, '.git/callsheet/server');
    await using model = await scriptedModel({
      work: [
        use(read('a.txt')),
        async () => {
          await fileAppears(server);
          process.kill(Number(readFileSync(server, 'utf8').split('\n')[3]), 'SIGKILL');
          return use(edit('a.txt', 'two', 'TWO'));
        },
        use(bash('true')),
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    await claude.run('[[script:work]]', { env: { CALLSHEET_NO_SERVER: '' } }).finished;
    expect(await place.sheet('select path, how from writes')).toMatchObject({
      rows: [{ path: 'a.txt', how: 'edit' }],
    });
  });

  test('works on when callsheet has been uninstalled, or a hook can reach nothing', async () => {
    await using place = await givenGuarded();
    const script = join(place.root, '.git/callsheet/hook');
    writeFileSync(script, readFileSync(script, 'utf8').replaceAll('/dist/hook.cjs', '/dist/gone.cjs'));
    await using model = await scriptedModel({
      work: [use(place.write('a.txt', 'mine\n')), { text: 'Done.' }],
    });
    await using claude = givenClaude({ root: place.root, model });
    await claude.run('[[script:work]]').finished;
    expect(place.text('a.txt')).toBe('mine\n');
    expect(existsSync(script)).toBe(true);
  });
});
