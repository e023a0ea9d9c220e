import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';
import { givenClaude } from './claude.js';
import { countedEvents } from './counted-events.js';
import { describeClient } from './installed.js';
import { scriptedModel } from './model.js';

describeClient('claude', 'wherever in a repository Claude Code is started after callsheet init', () => {
  test.each([
    ['the top folder', 'repo'],
    ['a folder below', 'repo/part'],
    ['a sibling worktree', 'other'],
    ['a folder of a sibling worktree', 'other/part'],
  ])('%s: it is guarded, and each hook runs once', async (_, folder) => {
    await using place = await givenRepository({ 'part/a.txt': 'one\n' });
    place.git('worktree', 'add', '--quiet', '-b', 'other', '../other');
    const { code, stderr } = await runCallsheet(place.root, ['init', '--claude', '--yes'], {
      HOME: place.folder,
    });
    expect(code, stderr).toBe(0);
    const events = countedEvents(join(place.root, '.git/callsheet/hook'));
    const cwd = join(place.folder, folder);
    const file = join(place.folder, folder.split('/')[0] ?? '', 'part/a.txt');
    await using model = await scriptedModel({
      work: [
        { tools: [{ name: 'Write', input: { file_path: file, content: 'mine\n' } }] },
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    await claude.run('[[script:work]]', { cwd }).finished;
    expect(model.told('work')).toContain('which you have not seen');
    expect(readFileSync(file, 'utf8')).toBe('one\n');
    const asked = events();
    expect(asked.filter((event) => event !== 'Stop, waiting')).toEqual([
      ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolBatch', 'Stop', 'SessionEnd'],
    ]);
    expect(asked).toHaveLength(7);
  });
});
