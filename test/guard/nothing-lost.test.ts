import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdit, givenSessions, put, type Heard, type Session } from './given-sessions.js';

/**
 * Any number of sessions read, edit and write one file in any order, also with others between a call's permission and
 * its write; also in part, which shows nothing of where the file grows. Every line that is ever written holds a word of
 * its own, so that what a session knows can be counted: the words that its reads, its writes and the answers to it have
 * shown.
 */
type Action =
  | { who: number; does: 'read' | 'look' | 'begin-write' | 'begin-edit' | 'begin-shell' | 'finish' | 'shell' }
  | { does: 'outside' };

const FILE = 'shared.txt';
/** More lines than the head that a refusal shows. */
const LINES = 50;
const LOOKS = ['head -3', 'grep -n w1', 'wc -l', 'git log --'] as const;

class Author {
  readonly known = new Set<string>();
  /** What it takes the file to hold. */
  view: string | undefined;
  /** Whether it has known all of the file at some time: from then on it is to be shown each change. */
  hasKnownAll = false;
  open: { perform: () => string | undefined; done: () => Promise<Heard> } | undefined;

  constructor(readonly session: Session) {}

  learn(text: string | undefined): void {
    for (const word of text?.match(/w\d+/g) ?? []) this.known.add(word);
  }

  hear(heard: Heard): void {
    this.learn(heard.refused);
    this.learn(heard.told);
  }

  know(text: string): void {
    this.learn(text);
    this.view = text;
    this.hasKnownAll = true;
  }
}

/** @param isHidden Whether commands name the file only when they run. */
async function play(actions: readonly Action[], isHidden: boolean): Promise<void> {
  const intoFile = (command: string): string =>
    isHidden ? `file=${FILE}; ${command} "$file"` : `${command} ${FILE}`;
  const given = await givenSessions({
    [FILE]: Array.from({ length: LINES }, (_, at) => `w${at + 1}\n`).join(''),
  });
  const authors = await Promise.all([0, 1, 2].map(async () => new Author(await given.session())));
  const path = given.path(FILE);
  let words = LINES;
  const newWord = (): string => `w${(words += 1)}`;

  const finish = async (author: Author): Promise<void> => {
    const { open } = author;
    if (open === undefined) return;
    author.open = undefined;
    const before = given.text(FILE);
    const after = open.perform();
    if (after !== undefined) {
      const lost = wordsIn(before).filter((word) => !after.includes(`${word}\n`) && !author.known.has(word));
      author.know(after);
      const heard = await open.done();
      author.hear(heard);
      if (lost.length > 0) expect(heard.told, `the way back to ${lost.join(', ')}`).toMatch(/undo --write/);
      return;
    }
    author.hear(await open.done());
  };

  for (const action of actions) {
    if (action.does === 'outside') {
      // Between a permission and its write nobody can see an editor write.
      for (const author of authors) await finish(author);
      put(path, `${given.text(FILE)}${newWord()}\n`);
      continue;
    }
    const author = authors[action.who] ?? authors[0];
    if (author === undefined) continue;
    const { session } = author;
    if (action.does !== 'finish') await finish(author);
    switch (action.does) {
      case 'read': {
        author.know(given.text(FILE));
        author.hear(await session.read(FILE));
        break;
      }
      case 'look': {
        const how = LOOKS[words % LOOKS.length];
        author.hear(
          await (words % 2 === 0 ? session.read(FILE, { limit: 5 }) : session.bash(`${how} ${FILE}`)),
        );
        break;
      }
      case 'begin-write': {
        // Whoever has no view writes what it likes.
        const content = `${author.view ?? ''}${newWord()}\n`;
        const { call, ...heard } = await session.ask('Write', { file_path: path, content });
        author.hear(heard);
        // It is told that it has not seen all of it, and how much that is, and may write all the same.
        if (heard.refused?.includes('would replace all of it') === true && !author.hasKnownAll)
          author.learn(given.text(FILE));
        if (heard.refused !== undefined) break;
        const perform = (): string => (put(path, content), content);
        author.open = { perform, done: () => session.afterBatch(call) };
        break;
      }
      case 'begin-edit': {
        const old = `${wordsIn(given.text(FILE)).at(-1) ?? 'none'}\n`;
        const replacement = `${old}${newWord()}\n`;
        const input = { file_path: path, old_string: old, new_string: replacement, replace_all: false };
        const { call, ...heard } = await session.ask('Edit', input);
        author.hear(heard);
        if (heard.refused !== undefined) break;
        const perform = (): undefined => {
          author.learn(replacement);
          applyEdit(path, old, replacement);
          return undefined;
        };
        author.open = { perform, done: () => session.afterBatch(call) };
        break;
      }
      case 'begin-shell': {
        // Half of them add to the file, half write it from an older view.
        const word = newWord();
        const isOver = words % 2 === 1 && author.view !== undefined;
        const content = isOver ? `${author.view ?? ''}${word}\n` : undefined;
        const text = (content ?? `${word}\n`).replaceAll('\n', '\\n');
        const command = intoFile(`printf '${text}' ${content === undefined ? '>>' : '>'}`);
        const { call, ...heard } = await session.ask('Bash', { command });
        author.hear(heard);
        const perform = (): string | undefined => {
          put(path, content ?? `${given.text(FILE)}${word}\n`);
          author.learn(word);
          return content;
        };
        author.open = { perform, done: () => session.afterBatch(call) };
        break;
      }
      case 'shell': {
        const word = newWord();
        author.learn(word);
        author.hear(await session.bash(intoFile(`echo ${word} >>`)));
        break;
      }
      case 'finish':
        await finish(author);
    }
  }
  for (const author of authors) await finish(author);
}

function wordsIn(text: string): string[] {
  return text.match(/w\d+/g) ?? [];
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      who: fc.nat({ max: 2 }),
      does: fc.constantFrom(
        'read',
        'look',
        'begin-write',
        'begin-write',
        'begin-edit',
        'begin-shell',
        'finish',
        'shell',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'outside' as const }) },
);

/** A look at a part between the change of another and one's own write. */
const LOOKED: Action[] = [
  { who: 0, does: 'read' },
  { who: 1, does: 'begin-edit' },
  { who: 1, does: 'finish' },
  { who: 0, does: 'look' },
  { who: 0, does: 'begin-write' },
  { who: 0, does: 'begin-write' },
];

test(
  'no accepted write removes what its session has neither seen nor been told of',
  { timeout: 120_000 },
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 14 }), fc.boolean(), play), {
      examples: [[LOOKED, false]],
      numRuns: Number(process.env['TEST_SEEDS'] ?? 25),
      ...(process.env['TEST_SEED'] === undefined ? {} : { seed: Number(process.env['TEST_SEED']) }),
    });
  },
);
