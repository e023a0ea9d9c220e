import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenRepository } from '../support/given-repository.js';
import { givenClaude } from './claude.js';
import { describeClient } from './installed.js';
import { scriptedModel } from './model.js';

describeClient('claude', 'the real Claude Code with a scripted model', () => {
  test('reads, edits, runs a command and ends', async () => {
    await using place = await givenRepository({ 'a.txt': 'one\ntwo\n' });
    const file = join(place.root, 'a.txt');
    await using model = await scriptedModel({
      work: [
        { text: 'Looking.', tools: [{ name: 'Read', input: { file_path: file } }] },
        { tools: [{ name: 'Edit', input: { file_path: file, old_string: 'two', new_string: 'zwei' } }] },
        { tools: [{ name: 'Bash', input: { command: 'cat a.txt', description: 'Shows it' } }] },
        { text: 'That is it.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    const messages = await claude.run('Go. [[script:work]]').finished;
    expect(readFileSync(file, 'utf8')).toBe('one\nzwei\n');
    expect(model.log.map(({ script, turn }) => [script, turn])).toEqual([0, 1, 2, 3].map((turn) => ['work', turn]));
    expect(model.log[3]?.results).toEqual([{ tool: 'Bash', text: 'one\nzwei', isError: false }]);
    expect(messages.at(-1)).toMatchObject({ type: 'result', is_error: false, result: 'That is it.' });
  });
});
