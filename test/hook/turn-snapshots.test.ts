import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepBlob, readBlob } from '../../src/blob/index.js';
import { HookInput } from '../../src/hook/input.js';
import { TurnSnapshots } from '../../src/server/turn-snapshots.js';
import { findSnapshots } from '../../src/snapshot/index.js';
import { sql } from '../../src/store/index.js';
import { git } from '../support/given-sheet.js';
import { givenHook, words } from './given-hook.js';

async function givenTurns() {
  const hook = await givenHook();
  const said: string[] = [];
  const open = () => new TurnSnapshots(hook.sheet, (line) => said.push(line));
  const change = (text: string, root = hook.root) => writeFileSync(join(root, 'a.txt'), text);
  const hear = (event: string, more: object = {}, session = 'one') =>
    HookInput.from({ ...words(event, more, session), cwd: hook.root, ...more });
  /** What each snapshot of a checkout has of the file, and whether git keeps it. */
  const kept = async (workspace = hook.root) =>
    (await findSnapshots(hook.sheet.store, { workspace })).map(({ ref }) =>
      git(hook.root, 'show', `${ref}:a.txt`),
    );
  return { ...hook, turns: open(), open, said, change, hear, kept };
}

const WRITE = { tool_name: 'Write', tool_input: {} };

test('what a turn begins with is kept, once', async () => {
  const { turns, change, hear, kept } = await givenTurns();
  change('two\n');
  turns.noted(hear('UserPromptSubmit', { prompt: 'go' }));
  await turns.finished();
  change('three\n');
  turns.noted(hear('PreToolUse', WRITE));
  await turns.finished();
  expect(await kept()).toEqual(['two']);
});

test.each([['Write'], ['Edit'], ['apply_patch'], ['Bash']])(
  'a turn whose beginning was missed is kept at its first %s',
  async (tool) => {
    const { turns, change, hear, kept } = await givenTurns();
    change('two\n');
    turns.noted(hear('PreToolUse', { tool_name: 'Read', tool_input: {} }));
    await turns.finished();
    expect(await kept()).toEqual([]);
    turns.noted(hear('PreToolUse', { tool_name: tool, tool_input: {} }));
    await turns.finished();
    expect(await kept()).toEqual(['two']);
  },
);

test('the turn after it begins anew', async () => {
  const { turns, change, hear, kept } = await givenTurns();
  for (const text of ['two\n', 'three\n']) {
    change(text);
    turns.noted(hear('PreToolUse', WRITE));
    await turns.finished();
    turns.noted(hear('Stop'));
  }
  expect(await kept()).toEqual(['two', 'three']);
});

test('nothing is kept of what is committed, or is kept already', async () => {
  const { turns, open, change, hear, kept } = await givenTurns();
  turns.noted(hear('UserPromptSubmit'));
  await turns.finished();
  expect(await kept()).toEqual([]);
  change('two\n');
  for (const each of [turns, turns, open()]) {
    each.noted(hear('UserPromptSubmit'));
    await each.finished();
  }
  expect(await kept()).toEqual(['two']);
});

test('where the folder of a write is not there yet, the checkout is the one that the client works in', async () => {
  const { turns, root, change, hear, kept } = await givenTurns();
  change('two\n');
  turns.noted(hear('PreToolUse', { ...WRITE, tool_input: { file_path: join(root, 'new/a.txt') } }));
  await turns.finished();
  expect(await kept()).toEqual(['two']);
});

test('a worktree has its own, and what is no checkout of the repository has none', async () => {
  const { turns, folder, root, change, hear, kept, said } = await givenTurns();
  const worktree = join(folder, 'worktree');
  git(root, 'worktree', 'add', '--quiet', '--detach', worktree);
  change('two\n', worktree);
  turns.noted(hear('PreToolUse', { ...WRITE, tool_input: { file_path: join(worktree, 'a.txt') } }));
  mkdirSync(join(folder, 'outside'));
  for (const cwd of [join(folder, 'outside'), '/nowhere', join(root, '.git')])
    turns.noted(hear('UserPromptSubmit', { cwd }));
  await turns.finished();
  expect(await kept(worktree)).toEqual(['two']);
  expect(await kept()).toEqual([]);
  expect(said).toEqual([]);
});

test('what cannot be kept is said, and keeps nobody from going on', async () => {
  const { turns, folder, root, sheet, change, hear, said } = await givenTurns();
  const broken = join(folder, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, '.git'), 'gitdir: /nowhere\n');
  turns.noted(hear('UserPromptSubmit', { cwd: broken }, 'two'));
  change('two\n');
  rmSync(join(root, '.git/objects'), { recursive: true });
  mkdirSync(join(root, '.git/objects'));
  turns.noted(hear('UserPromptSubmit'));
  await turns.finished();
  expect(said).toEqual([
    expect.stringContaining(`No snapshot of ${broken}: `),
    expect.stringContaining(`No snapshot of ${root}: `),
  ]);
  expect(await findSnapshots(sheet.store)).toEqual([]);
});

test.each([['{'], ['null'], ['{"session_id":1,"hook_event_name":"UserPromptSubmit"}']])(
  'words like %j are no turn',
  async (body) => {
    const { turns, change, kept } = await givenTurns();
    change('two\n');
    turns.noted(HookInput.fromJson(body));
    await turns.finished();
    expect(await kept()).toEqual([]);
  },
);

test('what is too old goes when another is taken', async () => {
  const { open, change, hear, kept, sheet, root } = await givenTurns();
  const turn = async (text: string) => {
    const turns = open();
    change(text);
    turns.noted(hear('UserPromptSubmit', { prompt: 'go' }));
    await turns.finished();
  };
  await turn('two\n');
  await turn('three\n');
  await sheet.store.transaction(async (tx) => {
    await tx.run(sql`update snapshot set created_ms = created_ms - ${31 * 86_400_000} where seq = 1`);
  });
  await turn('four\n');
  expect(await kept()).toEqual(['three', 'four']);
  expect(git(root, 'for-each-ref', 'refs/callsheet/snapshots').split('\n')).toHaveLength(2);
});

test('contents that nobody has used for long go with them, once an hour', async () => {
  const { turns, change, hear, sheet } = await givenTurns();
  const left: boolean[] = [];
  for (const [text, hash] of [
    ['two\n', 'ab'.repeat(20)],
    ['three\n', 'cd'.repeat(20)],
  ] as const) {
    keepBlob(sheet.folder, hash, Buffer.from('old'));
    utimesSync(join(sheet.folder, 'blobs', hash.slice(0, 2), hash.slice(2)), 0, 0);
    change(text);
    turns.noted(hear('UserPromptSubmit', { prompt: 'go' }));
    await turns.finished();
    left.push(readBlob(sheet.folder, hash) !== undefined);
  }
  expect(left).toEqual([false, true]);
});

test('that old ones cannot be removed is said, and keeps no other from being taken', async () => {
  const { open, root, change, kept, sheet, said } = await givenTurns();
  for (const text of ['two\n', 'three\n']) {
    change(text);
    await open().keep(root);
    await sheet.store.transaction(async (tx) => {
      await tx.run(sql`update snapshot set commit_id = 'none'`);
    });
  }
  expect(said).toEqual([expect.stringContaining('Old snapshots were not removed: "none" is not the id')]);
  expect(await kept()).toEqual(['two', 'three']);
});
