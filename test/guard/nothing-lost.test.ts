import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdit, givenSessions, put, type Heard, type Session } from './given-sessions.js';

/**
 * Any number of sessions read, edit and write one file in any order, also with others between a call's permission and
 * its write. Every line that is ever written holds a word of its own, so that what a session knows can be counted: the
 * words that its reads, its writes and the answers to it have shown.
 */
type Action =
  | { who: number; does: 'read' | 'begin-write' | 'begin-edit' | 'begin-shell' | 'finish' | 'shell' }
  | { does: 'outside' };

const FILE = 'shared.txt';

class Author {
  readonly known = new Set<string>();
  /** What it takes the file to hold. */
  view: string | undefined;
  open: { perform: () => string | undefined; done: () => Promise<Heard> } | undefined;

  constructor(readonly session: Session) {}

  learn(text: string | undefined): void {
    for (const word of text?.match(/w\d+/g) ?? []) this.known.add(word);
  }

  hear(heard: Heard): void {
    this.learn(heard.refused);
    this.learn(heard.told);
  }
}

/** @param isHidden Whether commands name the file only when they run. */
async function play(actions: readonly Action[], isHidden: boolean): Promise<void> {
  const intoFile = (command: string): string =>
    isHidden ? `file=${FILE}; ${command} "$file"` : `${command} ${FILE}`;
  const given = await givenSessions({ [FILE]: 'w1\nw2\nw3\n' });
  const authors = await Promise.all([0, 1, 2].map(async () => new Author(await given.session())));
  const path = given.path(FILE);
  let words = 3;
  const newWord = (): string => `w${(words += 1)}`;

  const finish = async (author: Author): Promise<void> => {
    const { open } = author;
    if (open === undefined) return;
    author.open = undefined;
    const before = given.text(FILE);
    const after = open.perform();
    if (after !== undefined) {
      const lost = wordsIn(before).filter((word) => !after.includes(`${word}\n`) && !author.known.has(word));
      author.learn(after);
      author.view = after;
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
        author.learn(given.text(FILE));
        author.view = given.text(FILE);
        author.hear(await session.read(FILE));
        break;
      }
      case 'begin-write': {
        // Whoever is refused twice for the same reason reads; whoever has no view writes what it likes.
        const content = `${author.view ?? ''}${newWord()}\n`;
        const { call, ...heard } = await session.ask('Write', { file_path: path, content });
        author.hear(heard);
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

test(
  'no accepted write removes what its session has neither seen nor been told of',
  { timeout: 120_000 },
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 14 }), fc.boolean(), play), {
      numRuns: Number(process.env['TEST_SEEDS'] ?? 25),
      ...(process.env['TEST_SEED'] === undefined ? {} : { seed: Number(process.env['TEST_SEED']) }),
    });
  },
);
