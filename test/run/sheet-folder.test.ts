import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenProject } from './given-project.js';

const LINK = `logs=$(dirname "$CALLSHEET_BRIEF"); test $T = one && ln -s "$F/outside" "$logs/two-1.PLACE"; echo x > $T.txt`;

test.each(['brief.md', 'log'])(
  'a link that comes to stand where a %s is kept ends the run, and what it leads to stays as it was',
  async (name) => {
    await using project = await givenProject();
    await writeFile(project.at('outside'), 'mine\n');
    const { code, report } = await project.run(
      [{ id: 'one' }, { id: 'two', after: ['one'] }],
      LINK.replace('PLACE', name),
    );
    expect(await readFile(project.at('outside'), 'utf8')).toBe('mine\n');
    expect(code).toBe(3);
    expect(report.reason).toContain(`two-1.${name}, which callsheet keeps for itself, is a link`);
    expect(report.tasks.map(({ id, state }) => [id, state])).toEqual([
      ['one', 'done'],
      ['two', 'ready'],
    ]);
    // Moved away, it goes on: no attempt has failed for it.
    await rm(join(project.root, '.git/callsheet/logs/run-1', `two-1.${name}`));
    const resumed = await project.start(['resume', '--json']).ended;
    expect(resumed.report?.state, resumed.stderr).toBe('finished');
  },
);
