import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { givenProject } from './given-project.js';

test('sync brings what has landed into the workspace of the attempt, wherever it is called from', async () => {
  await using project = await givenProject();
  await project.write('a.txt', 'not committed\n');
  await project.write('mine.txt', 'mine\n');
  const before = project.git('rev-parse', 'HEAD');
  execFileSync('mkfifo', [project.at('go')]);
  const engine = await project.begin(
    [{ id: 'first' }, { id: 'second' }],
    `case $T in
      first) echo first > first.txt;;
      second) echo second > second.txt
        read -r go < "$F/go"
        cd '${project.root}'; callsheet sync > "$F/said"
        cd - > /dev/null; cat first.txt > copy.txt;;
    esac`,
    { args: ['-w', '2'] },
  );
  await engine.until((event) => event.type === 'task.done' && event.task === 'first');
  await writeFile(project.at('go'), 'go\n');
  const { code, report } = await engine.ended;
  expect(code).toBe(0);
  expect(report?.tasks.map((task) => task.state)).toEqual(['done', 'done']);
  expect(project.show('callsheet/run-1/main', 'copy.txt')).toBe('first');
  expect(project.git('rev-parse', 'HEAD')).toBe(before);
  expect(project.git('status', '--porcelain')).toBe(' M a.txt\n?? mine.txt');
});
