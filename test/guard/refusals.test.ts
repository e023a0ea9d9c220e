import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findAgentByName } from '../../src/agent/index.js';
import { claimTask } from '../../src/task/index.js';
import { givenSessions, type Heard } from './given-sessions.js';

// A token is about four characters.
const MOST_WORDS = 300 * 4;
const MOST_DIFF = 2_000 * 4;

/** As long as names and texts come: each is data of others, and must not make a refusal long. */
const NAME = `${'deep/'.repeat(30)}${'long-name-'.repeat(12)}.txt`;
const TITLE = 'Limit what a client may ask for in a second, and what it may ask for in a day '.repeat(3);
const LINES = Array.from(
  { length: 4_000 },
  (_, n) => `line ${n} of a file that is long and has long lines too\n`,
);
const CONTENT = LINES.join('');

type Given = Awaited<ReturnType<typeof givenSessions>>;
type Refused = (given: Given) => Promise<Heard>;

/** Two sessions; the first holds a task with a long title, and has changed most of the file since the second read it. */
async function changed(given: Given) {
  const [ada, bo] = [await given.session(), await given.session()];
  await given.call('task.add', { title: TITLE.slice(0, 200), id: 'limiter' }, { as: 'mia' });
  await given.sheet.store.transaction(async (tx) => {
    const agent = await findAgentByName(tx, 'ada');
    if (agent !== undefined) await claimTask(tx, 'limiter', agent, 60_000);
  });
  // The first write of what one has not seen is refused.
  for (const text of [CONTENT, CONTENT]) await bo.write(NAME, text);
  const changedText = LINES.map((line, n) => (n % 9 === 0 ? `changed ${line}` : line)).join('');
  for (const text of [changedText, changedText]) await ada.write(NAME, text);
  return { ada, bo };
}

const REFUSALS: readonly (readonly [string, string, Refused])[] = [
  [
    'a whole-file write over a change',
    'changed since you last saw it whole',
    async (given) => {
      const { bo } = await changed(given);
      return bo.write(NAME, 'mine\n');
    },
  ],
  [
    'an edit at a change',
    'changed at the place of this edit',
    async (given) => {
      const { bo } = await changed(given);
      return bo.edit(NAME, 'changed line 9 of', 'x');
    },
  ],
  [
    'a write over what was never seen',
    'which you have not seen',
    async (given) => (await given.session()).write(NAME, 'mine\n'),
  ],
  [
    'a write over what was seen in part',
    'a part only',
    async (given) => {
      const ada = await given.session();
      await ada.read(NAME, { limit: 3 });
      return ada.write(NAME, 'mine\n');
    },
  ],
  [
    'a file that another is about to write',
    'is about to write',
    async (given) => {
      const [ada, bo] = [await given.session(), await given.session()];
      await ada.edit(NAME, 'line 0 of', 'x');
      await ada.ask('Edit', { file_path: given.path(NAME), old_string: 'line 3 of', new_string: 'y' });
      await bo.bash(`cat '${NAME}'`);
      return bo.write(NAME, 'mine\n');
    },
  ],
  [
    'a lock by hand',
    'is locked by mia',
    async (given) => {
      const lock = { paths: [NAME], reason: TITLE.repeat(3).slice(0, 500) };
      await given.call('lock.acquire', lock, { as: 'mia' });
      return (await given.session()).edit(NAME, 'line 0 of', 'x');
    },
  ],
  [
    'a task of a kind that writes nothing',
    'writes no files',
    async (given) => {
      const ada = await given.session();
      await given.call(
        'task.add',
        { title: TITLE.slice(0, 200), id: 'look', kind: 'research' },
        { as: 'mia' },
      );
      await given.sheet.store.transaction(async (tx) => {
        const agent = await findAgentByName(tx, 'ada');
        if (agent !== undefined) await claimTask(tx, 'look', agent, 60_000);
      });
      return ada.edit(NAME, 'line 0 of', 'x');
    },
  ],
  [
    'a file of git',
    'belongs to git itself',
    async (given) => (await given.session()).write(join('.git', NAME), 'x'),
  ],
  [
    'a command that throws work away',
    'not run',
    async (given) => {
      const [ada, bo] = [await given.session(), await given.session()];
      await ada.edit(NAME, 'line 0 of', 'x');
      return bo.ask('Bash', { command: `git stash -u -m '${TITLE}'` });
    },
  ],
];

test.each(REFUSALS)(
  'the refusal of %s is short, but for its diff, which is bounded',
  async (_, says, refused) => {
    const given = await givenSessions({ [NAME]: CONTENT });
    const { refused: text = '' } = await refused(given);
    expect(text).toContain(says);
    const shown = text.split('\n');
    // What is quoted of a file: hunks of a diff, or its head.
    const quoted = shown.filter((line) => /^(?:@@|[ +-]|line \d+|$)/.test(line)).join('\n');
    expect(quoted.length).toBeLessThanOrEqual(MOST_DIFF);
    expect(text.length - quoted.length).toBeLessThan(MOST_WORDS);
  },
);
