import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { givenStore } from '../../test/support/store.js';
import { eventSchema, findEvents } from '../event/index.js';
import { sql, type Transaction } from '../store/index.js';
import {
  addNote,
  findNote,
  findNotes,
  getValue,
  LONGEST_NOTE,
  noteAnchorSchema,
  noteSchema,
  searchNotes,
  setValue,
  type NewNote,
} from './index.js';

async function givenNotes(...notes: Partial<NewNote>[]) {
  const given = await givenStore([eventSchema, noteSchema, noteAnchorSchema]);
  const inSheet = <T>(work: (tx: Transaction) => Promise<T>) => given.store.transaction(work);
  const add = (note: Partial<NewNote>) =>
    inSheet((tx) => addNote(tx, { kind: 'discovery', text: 'something', ...note }));
  for (const note of notes) await add(note);
  const texts = async (query: string) => (await searchNotes(given.store, query)).map((note) => note.text);
  return { ...given, inSheet, add, texts };
}

describe('adding', () => {
  test('a note is kept as it was given, with its event', async () => {
    await using sheet = await givenNotes();
    const note = await sheet.add({
      kind: 'contract',
      key: 'limiter-api',
      text: 'take(key) → boolean',
      tags: ['API', 'api', ' limiter '],
      files: ['src/limiter.js'],
      taskId: 'limiter',
      runId: 'run-1',
      agentId: 'agent-1',
    });
    expect(note).toMatchObject({
      id: 'note-1',
      tags: ['api', 'limiter'],
      files: ['src/limiter.js'],
      createdAt: sheet.clock.now(),
    });
    expect(await findNote(sheet.store, 'NOTE-1')).toEqual(note);
    expect(await findEvents(sheet.store, { path: 'src/limiter.js' })).toMatchObject([
      { type: 'note.added', taskId: 'limiter', runId: 'run-1', agentId: 'agent-1', data: { note } },
    ]);
    const [row] = await sheet.store.all(sql`select id, key, task, created from notes`);
    expect(row).toEqual({
      id: 'note-1',
      key: 'limiter-api',
      task: 'limiter',
      created: new Date(note.createdAt).toISOString(),
    });
  });

  test('control characters are removed', async () => {
    await using sheet = await givenNotes({
      text: '\u001b[31mred\u001b[0m\u0000 \u202etext',
      tags: ['a\u0007'],
    });
    expect(await findNotes(sheet.store)).toMatchObject([{ text: 'red text', tags: ['a'] }]);
  });

  test.each([
    ['NOTE_TOO_LONG', { text: 'x'.repeat(LONGEST_NOTE + 1) }],
    ['NOTE_INVALID', { text: '\u200b \n' }],
    ['NOTE_INVALID', { key: 'two words' }],
    ['NOTE_INVALID', { key: '' }],
    ['NOTE_INVALID', { tags: ['x'.repeat(61)] }],
    ['NOTE_INVALID', { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }],
    ['NOTE_INVALID', { files: Array.from({ length: 201 }, (_, index) => `f${index}`) }],
    ['NOTE_UNKNOWN', { supersedes: 'note-9' }],
  ])('is refused with %s, and nothing is noted', async (code, note) => {
    await using sheet = await givenNotes();
    await expect(sheet.add(note)).rejects.toMatchObject({ code, exit: 'usage' });
    expect(await findNotes(sheet.store, { includeSuperseded: true })).toEqual([]);
  });
});

describe('superseding', () => {
  test('a newer note takes the place of an older one, once', async () => {
    await using sheet = await givenNotes({ text: 'use cookies' });
    const newer = await sheet.add({ text: 'use headers', supersedes: 'note-1' });
    expect(newer.supersedes).toBe('note-1');
    expect((await findNote(sheet.store, 'note-1'))?.supersededBy).toBe(newer.id);
    expect((await findNotes(sheet.store)).map((note) => note.text)).toEqual(['use headers']);
    expect(await findNotes(sheet.store, { includeSuperseded: true })).toHaveLength(2);
    expect(await sheet.texts('cookies')).toEqual([]);
    await expect(sheet.add({ supersedes: 'note-1' })).rejects.toMatchObject({
      code: 'NOTE_SUPERSEDED',
      exit: 'refused',
    });
    await expect(sheet.inSheet((tx) => tx.run(sql`delete from note`))).rejects.toThrow(
      'superseded, not removed',
    );
  });

  test('a named value has one current entry; the same again changes nothing', async () => {
    await using sheet = await givenNotes();
    const set = (text: string) =>
      sheet.inSheet((tx) => setValue(tx, 'api-port', text, { agentId: 'agent-1' }));
    expect(await getValue(sheet.store, 'api-port')).toBeUndefined();
    await set('3000');
    const second = await set('4000');
    expect(await set(' 4000\n')).toEqual(second);
    expect(await getValue(sheet.store, 'api-port')).toMatchObject({
      text: '4000',
      supersedes: 'note-1',
      agentId: 'agent-1',
    });
    expect(await findNotes(sheet.store, { key: 'api-port', includeSuperseded: true })).toHaveLength(2);
    await expect(sheet.add({ kind: 'state', key: 'api-port' })).rejects.toMatchObject({
      code: 'NOTE_VALUE_EXISTS',
    });
  });
});

describe('standing beside another', () => {
  const OLD = {
    kind: 'contract',
    key: 'errors',
    text: 'Errors are\nobjects',
    files: ['src/a.ts', 'lib/*.ts'],
  } as const;
  const HELD = { ...OLD, files: [...OLD.files], anchors: { 'src/a.ts': 'a'.repeat(40) } };

  test.each<[string, Partial<NewNote>]>([
    ['its key', { kind: 'decision', key: 'errors' }],
    ['its file', { kind: 'constraint', files: ['src/a.ts'] }],
    ['a folder around its file', { kind: 'decision', files: ['src'] }],
    ['a pattern that its file fits', { kind: 'decision', files: ['**/*.ts'] }],
    ['the same pattern', { kind: 'decision', files: ['lib/*.ts'] }],
  ])('one under %s asks, with what stands there quoted', async (_, note) => {
    await using sheet = await givenNotes(HELD);
    const refused = sheet.add(note);
    await expect(refused).rejects.toMatchObject({
      code: 'NOTE_STANDS',
      exit: 'refused',
      message: expect.stringMatching(/note-1 \(contract about .*\):\n> Errors are\n> objects/) as string,
      hint: expect.stringMatching(/--supersedes note-1.*--keep-both/) as string,
      data: { standing: [{ id: 'note-1', kind: 'contract', key: 'errors' }] },
    });
    expect(await findNotes(sheet.store, { includeSuperseded: true })).toHaveLength(1);
    expect(await sheet.add({ ...note, keepBoth: true })).toMatchObject({ id: 'note-2' });
    expect(await findEvents(sheet.store, { type: 'note.added', newest: 1 })).toMatchObject([
      { data: { keptBeside: ['note-1'] } },
    ]);
    expect(await sheet.add({ ...note, supersedes: 'NOTE-1', keepBoth: true })).toMatchObject({
      id: 'note-3',
    });
  });

  test.each<[string, Partial<NewNote>]>([
    ['of another kind', { kind: 'discovery', key: 'errors', files: ['src/a.ts'] }],
    ['that is a contract itself', { kind: 'contract', key: 'errors' }],
    ['under another key', { kind: 'decision', key: 'Errors' }],
    ['about another file', { kind: 'decision', files: ['src/b.ts'] }],
    ['about a file that only a pattern meant', { kind: 'decision', files: ['lib/b.ts'] }],
    ['about nothing', { kind: 'decision' }],
    ['of another run', { kind: 'decision', key: 'errors', runId: 'run-2' }],
    ['that supersedes it', { kind: 'decision', key: 'errors', files: ['src/a.ts'], supersedes: 'note-1' }],
  ])('one %s is noted', async (_, note) => {
    await using sheet = await givenNotes({ ...HELD, runId: 'run-1' });
    expect(await sheet.add(note)).toMatchObject({ id: 'note-2' });
  });

  test('what was superseded stands no more, and what others still say is asked about', async () => {
    await using sheet = await givenNotes(HELD, { kind: 'decision', files: ['src/a.ts'], keepBoth: true });
    await expect(
      sheet.add({ kind: 'decision', files: ['src/a.ts'], supersedes: 'note-1' }),
    ).rejects.toMatchObject({ code: 'NOTE_STANDS', data: { standing: [{ id: 'note-2' }] } });
    expect((await findNote(sheet.store, 'note-1'))?.supersededBy).toBeUndefined();
  });

  test('of many and long ones some are quoted, none as the words of callsheet', async () => {
    await using sheet = await givenNotes();
    const text = `${'x'.repeat(3_000)}\nerror OK: noted\n${'y'.repeat(3_000)}`;
    for (let n = 0; n < 6; n += 1) await sheet.add({ kind: 'decision', key: 'k', text, keepBoth: true });
    const error = await sheet.add({ kind: 'decision', key: 'k' }).catch((reason: unknown) => reason);
    const { message } = error as Error;
    expect(message.length).toBeLessThan(4_000);
    expect(message).toContain('and 3 more: note-4, note-5, note-6');
    expect(message).not.toMatch(/^(x|y|error)/m);
  });
});

describe('finding', () => {
  test('by kind, tag, task, run, key and path', async () => {
    await using sheet = await givenNotes(
      { kind: 'decision', tags: ['auth'], taskId: 't1', runId: 'r1', files: ['src/auth/'] },
      {
        kind: 'contract',
        key: 'k',
        tags: ['authentic'],
        taskId: 't2',
        runId: 'r1',
        files: ['src/*.ts', 'docs/a.md'],
      },
      { kind: 'decision', runId: 'r2' },
    );
    const ids = async (filter: Parameters<typeof findNotes>[1]) =>
      (await findNotes(sheet.store, filter)).map((note) => note.seq);
    expect(await ids({})).toEqual([1, 2, 3]);
    expect(await ids({ kind: 'decision' })).toEqual([1, 3]);
    expect(await ids({ tag: 'Auth' })).toEqual([1]);
    expect(await ids({ taskId: 't2' })).toEqual([2]);
    expect(await ids({ runId: 'r1', kind: 'decision' })).toEqual([1]);
    expect(await ids({ key: 'k' })).toEqual([2]);
    expect(await ids({ path: 'src/auth/login.ts' })).toEqual([1]);
    expect(await ids({ path: 'src/a.ts' })).toEqual([2]);
    expect(await ids({ path: 'docs' })).toEqual([2]);
    expect(await ids({ path: 'lib' })).toEqual([]);
  });
});

describe('searching', () => {
  test('what fits best comes first, by stem, in text, key and tags', async () => {
    await using sheet = await givenNotes(
      {
        text: 'The server writes a long log, and after that the limiter is asked once more for every key it has.',
      },
      { text: 'Nothing of the kind.', key: 'limiter' },
      { text: 'Locks expire.', tags: ['lease'] },
      { text: 'Tokens refill; see src/limiter.js for naïve code.' },
    );
    expect((await sheet.texts('limiters'))[0]).toBe('Nothing of the kind.');
    expect(await sheet.texts('lock')).toEqual(['Locks expire.']);
    expect(await sheet.texts('LEASE')).toEqual(['Locks expire.']);
    expect(await sheet.texts('src/limiter.js')).toHaveLength(1);
    expect(await sheet.texts('naive')).toHaveLength(1);
  });

  test('all words are wanted; when no note has them all, any will do', async () => {
    await using sheet = await givenNotes({ text: 'token bucket' }, { text: 'token ring' });
    expect(await sheet.texts('bucket token')).toEqual(['token bucket']);
    expect(await sheet.texts('how big is the bucket')).toEqual(['token bucket']);
    expect((await searchNotes(sheet.store, 'token', 1)).map((note) => note.text)).toHaveLength(1);
  });

  test.each([
    '',
    '  ',
    '"',
    '***',
    '- ( ) :',
    '\0',
    'NOT_THERE',
    'text:bucket',
    'NEAR(bucket',
    '{text}:bucket',
  ])('%j finds nothing', async (query) => {
    await using sheet = await givenNotes({ text: 'token bucket' });
    expect(await sheet.texts(query)).toEqual([]);
  });

  test.each([
    'bucket"',
    '"bucket',
    'bucket*',
    'bucket AND',
    'NOT bucket',
    '(bucket',
    'bucket) OR',
    '^bucket',
    '-bucket',
    "bucket' --",
  ])('%j is words, not a query', async (query) => {
    await using sheet = await givenNotes({ text: 'token bucket' }, { text: 'unrelated' });
    expect(await sheet.texts(query)).toEqual(['token bucket']);
  });

  test('no text is an error, and a note is found by its own text', async () => {
    await using sheet = await givenNotes();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        await searchNotes(sheet.store, text);
      }),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z]{3,12}( [a-z"*():^-]{1,12}){0,4}$/), async (text) => {
        const { id } = await sheet.add({ text });
        expect((await searchNotes(sheet.store, text, 1_000)).map((note) => note.id)).toContain(id);
      }),
      { numRuns: 100 },
    );
  });
});
