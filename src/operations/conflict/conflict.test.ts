import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { git, givenSheet } from '../../../test/support/given-sheet.js';
import { openConflict, requireConflict } from '../../conflict/index.js';
import { findEvents } from '../../event/index.js';
import { createTasks } from '../../task/index.js';

interface Told {
  type: string;
  body: string;
  from?: string;
}

/** Two sessions with a worktree each, a lead, and the work of bo landed where that of ada does not fit. */
async function givenConflict(attempts?: number) {
  const given = await givenSheet({ 'a.txt': 'one\n' });
  const { root, call, session } = given;
  const worker = async (name: string) => {
    const { env } = await session({ role: 'worker', name });
    const tree = `${root}-${name}`;
    onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
    git(root, 'worktree', 'add', '--quiet', '-b', `of-${name}`, tree);
    return {
      env,
      tree,
      work(content: string): void {
        writeFileSync(join(tree, 'a.txt'), content);
        git(tree, 'commit', '--quiet', '-am', `by ${name}`);
      },
      claim: (id: string) => call('task.claim', { id }, { env }),
      land: (task: string, branch = `of-${name}`) =>
        call('land', { branch, into: 'main', task }, { env, cwd: tree }),
      told: async (): Promise<Told[]> => (await call<{ messages: Told[] }>('inbox', {}, { env })).messages,
    };
  };
  const [ada, bo] = [await worker('ada'), await worker('bo')];
  const lead = await session({ role: 'supervisor', name: 'lia' });
  await call('task.add', { title: 'Theirs' });
  await call('task.add', { title: 'Mine', ...(attempts === undefined ? {} : { attempts: `${attempts}` }) });
  await bo.claim('task-1');
  bo.work('of bo\n');
  await bo.land('task-1');
  await ada.claim('task-2');
  ada.work('of ada\n');
  await expect(ada.land('task-2')).rejects.toMatchObject({ code: 'LAND_CONFLICT' });
  return {
    ...{ ...given, ada, bo },
    decide: (raw: Record<string, string>, id = 'conflict-1') =>
      call('conflict.decide', { id, reason: 'bo has the newer contract', ...raw }, { env: lead.env }),
    leadTold: async () => (await call<{ messages: Told[] }>('inbox', {}, { env: lead.env })).messages,
    list: async (all = false) =>
      (await call<{ conflicts: Record<string, unknown>[] }>('conflict.list', { all })).conflicts,
  };
}

describe('a conflict of two sessions', () => {
  test('is told to the lead, once, with both sides and who did them', async () => {
    const { ada, list, leadTold, call, root } = await givenConflict();
    await expect(ada.land('task-2')).rejects.toMatchObject({ code: 'LAND_CONFLICT' });
    expect(await list()).toMatchObject([
      {
        ...{ id: 'conflict-1', state: 'open', paths: ['a.txt'] },
        task: {
          task: 'task-2',
          attempt: 1,
          agent: 'ada',
          branch: 'of-ada',
          commit: git(root, 'rev-parse', 'of-ada'),
        },
        with: [
          {
            task: 'task-1',
            attempt: 1,
            agent: 'bo',
            branch: 'of-bo',
            commit: git(root, 'rev-parse', 'main'),
          },
        ],
      },
    ]);
    const conflicts = (await leadTold()).filter(({ type }) => type === 'CONFLICT');
    expect(conflicts).toMatchObject([
      { body: expect.stringContaining('callsheet conflict decide conflict-1') as string },
    ]);
    const shown = await call<{ hunks: string }>('conflict.show', { id: 'conflict-1' });
    expect(shown.hunks).toMatch(/of bo[\s\S]*of ada/);
  });

  test('is decided with a reason: both sides are told, and only landing ends it', async () => {
    const { ada, bo, decide, list, call, root, sheet } = await givenConflict();
    expect(await decide({ keep: 'landed' })).toEqual({
      ...{ conflict: 'conflict-1', task: 'task-2', keep: 'landed', reason: 'bo has the newer contract' },
    });
    const [told] = (await ada.told()).filter(({ type }) => type === 'INSTRUCTION');
    expect(told?.body).toMatch(
      /what has landed stands and the task gives way\.\nWhy: bo has the newer contract\n.*git switch of-ada && git merge main.*land --branch of-ada --into main --task task-2/,
    );
    expect(await bo.told()).toMatchObject([
      { type: 'CONFLICT', body: expect.stringContaining('lia: conflict-1') as string },
    ]);
    expect(await list()).toMatchObject([{ state: 'open', decision: { keep: 'landed', by: 'lia' } }]);
    expect(await call('status')).toMatchObject({ conflicts: [{ id: 'conflict-1', keep: 'landed' }] });

    git(ada.tree, 'merge', '--quiet', '-X', 'theirs', '-m', 'Bring in main', 'main');
    writeFileSync(join(ada.tree, 'b.txt'), 'of ada\n');
    git(ada.tree, 'add', '--all');
    git(ada.tree, 'commit', '--quiet', '-m', 'around it');
    expect(await list()).toMatchObject([{ state: 'open' }]);
    await ada.land('task-2');

    expect(await list()).toEqual([]);
    expect(await list(true)).toMatchObject([
      {
        state: 'resolved',
        resolution: `landed as ${git(root, 'rev-parse', 'main')}`,
        decision: { keep: 'landed' },
      },
    ]);
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('of bo\n');
    await expect(decide({ keep: 'both' })).rejects.toMatchObject({ code: 'CONFLICT_ENDED' });
    const types = (await findEvents(sheet.store, {})).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('conflict.'))).toEqual([
      ...['conflict.opened', 'conflict.decided', 'conflict.resolved'],
    ]);
  });

  test('stays open when the task is called done without having landed, and is opened by the decision', async () => {
    const { ada, decide, list, call } = await givenConflict();
    await call('task.complete', { id: 'task-2', summary: 'done' }, { env: ada.env });
    expect(await list()).toMatchObject([{ state: 'open' }]);
    expect(await decide({ keep: 'task' })).toMatchObject({ reopened: 'task-2' });
    expect(await call('task.show', { id: 'task-2' })).toMatchObject({ state: 'ready' });
    await ada.claim('task-2');
    git(ada.tree, 'merge', '--quiet', '-X', 'ours', '-m', 'Bring in main', 'main');
    await ada.land('task-2');
    expect(await list()).toEqual([]);
  });

  test('is given to somebody else, who alone can take the task, and who lands it', async () => {
    const { ada, bo, decide, list, call } = await givenConflict();
    expect(await decide({ keep: 'both', by: 'bo' })).toMatchObject({ by: 'bo' });
    expect((await ada.told()).map(({ body }) => body).join()).toContain('task-2 is no longer yours');
    await expect(ada.land('task-2')).rejects.toMatchObject({ code: 'ATTEMPT_NEEDED' });
    await expect(ada.claim('task-2')).rejects.toMatchObject({ exit: 'refused' });
    const claimed = JSON.stringify(await bo.claim('task-2'));
    expect(claimed).toContain('git switch of-ada');
    writeFileSync(join(bo.tree, 'a.txt'), 'of ada and bo\n');
    git(bo.tree, 'commit', '--quiet', '-am', 'both');
    git(bo.tree, 'merge', '--quiet', '-s', 'ours', '-m', 'Bring in ada', 'of-ada');
    await bo.land('task-2');
    expect(await list()).toEqual([]);
    expect(await call('task.show', { id: 'task-2' })).toMatchObject({ state: 'done' });
  });

  test('can be decided anew, and not by anything that is none', async () => {
    const { decide, list } = await givenConflict();
    await decide({ keep: 'task' });
    await decide({ keep: 'both', reason: 'On second thought' });
    expect(await list()).toMatchObject([{ decision: { keep: 'both', reason: 'On second thought' } }]);
    await expect(decide({ keep: 'both' }, 'conflict-7')).rejects.toMatchObject({ code: 'CONFLICT_UNKNOWN' });
    await expect(decide({ keep: 'both', by: 'nobody' })).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
    expect(await list()).toMatchObject([{ decision: { reason: 'On second thought' } }]);
  });
});

test('a task of a run stays with the engine', async () => {
  const { call, sheet, session } = await givenSheet();
  await session({ role: 'worker', name: 'bo' });
  const found = { kind: 'file', runId: 'run-1', taskId: 'one', attempt: 1 } as const;
  await sheet.store.transaction(async (tx) => {
    await createTasks(tx, [{ id: 'one', title: 'One', spec: 'Do it', runId: 'run-1' }]);
    await openConflict(tx, { ...found, otherTaskIds: [], paths: ['a.txt'], hunks: '' });
  });
  const decision = { id: 'conflict-1', keep: 'both', reason: 'Both are wanted' };
  await expect(call('conflict.decide', { ...decision, by: 'bo' })).rejects.toMatchObject({
    code: 'CONFLICT_OF_RUN',
  });
  expect((await requireConflict(sheet.store, 'conflict-1')).decision).toBeUndefined();
  expect(await call('conflict.decide', decision)).toMatchObject({ task: 'one', keep: 'both' });
});
