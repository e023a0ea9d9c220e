import { join } from 'node:path';
import { expect, test } from 'vitest';
import { givenSessions } from '../guard/given-sessions.js';
import { eventsOf } from './events.js';

const LEAD = { CALLSHEET_ROLE: 'lead' };
const WORKER = { CALLSHEET_ROLE: 'worker' };

const policies = ['guard', 'lock', 'warn', 'cowboy'];

for (const policy of policies)
  test(`a lead writes no file of the repository (policy ${policy})`, async () => {
    const given = await givenSessions({
      'a.txt': 'one\n',
      'callsheet.config.yaml': `guard: { '**': ${policy} }\n`,
    });
    const lead = await given.session({ env: LEAD });
    expect((await lead.edit('a.txt', 'one', 'two')).refused).toContain('callsheet task add "TITLE"');
    expect((await lead.write('new.txt', 'new\n')).refused).toContain('not written: new.txt. You lead');
    expect((await lead.bash('echo two > a.txt')).refused).toContain('would write a.txt');
    expect(given.text('a.txt')).toBe('one\n');
    const sub = await lead.subagent('sub-1');
    expect((await sub.edit('a.txt', 'one', 'two')).refused).toContain('You lead');
  });

test('where nothing is guarded a lead may write', async () => {
  const config = "guard: { '**': guard, 'notes/**': off }\n";
  const given = await givenSessions({ 'a.txt': 'one\n', 'callsheet.config.yaml': config });
  const lead = await given.session({ env: LEAD });
  expect(await lead.write('notes/plan.md', 'plan\n')).toEqual({});
  expect(await lead.bash('echo more >> notes/plan.md')).toEqual({});
  expect((await lead.write('a.txt', 'two\n')).refused).toBeDefined();
});

const refused = [
  ...[
    'git stash',
    'git reset --hard',
    'git commit -qam x',
    'git -C . merge other',
    'git push --force',
    'git switch other',
  ],
  ...[
    'rm a.txt',
    'rm -r .',
    "sed -i 's/one/two/' a.txt",
    'cp a.txt b.txt',
    'cat a.txt | tee b.txt',
    'true && git pull',
  ],
];

for (const command of refused)
  test(`a lead may not run: ${command}`, async () => {
    const given = await givenSessions({ 'a.txt': 'one\n' });
    const lead = await given.session({ env: LEAD });
    expect((await lead.bash(command)).refused).toMatch(/not run: .*You lead/s);
    expect(given.text('a.txt')).toBe('one\n');
    expect(await eventsOf(given.sheet.store, 'shell.refused')).toMatchObject([{ why: 'lead' }]);
    const worker = await given.session({ env: WORKER });
    if (command.startsWith('sed')) expect((await worker.bash(command)).refused).toBeUndefined();
  });

test('a lead may read, search, test, and write outside the repository', async () => {
  const given = await givenSessions({ 'a.txt': 'one\n' });
  const lead = await given.session({ env: LEAD });
  const spec = join(given.root, '..', 'spec.md');
  const commands = [
    'git log',
    'git diff',
    'git branch',
    'cat a.txt',
    'grep -r one . 2>/dev/null',
    'npm test > /dev/null',
    `echo x > ${spec}; rm ${spec}`,
  ];
  for (const command of commands) expect({ command, ...(await lead.bash(command)) }).toEqual({ command });
  expect(await lead.read('a.txt')).toEqual({});
});
