import { lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { givenPlace, obstaclesOf, planOf, WRITER, type Place } from './given-place.js';

describe('the place of the workspaces', () => {
  const refused = async (place: Place, workspaces: string): Promise<string> => {
    place.write({ 'plan.yaml': planOf([{ id: 'one' }], { workspaces }) });
    const { codes, text } = await obstaclesOf(place, '--plan', 'plan.yaml', '--agent', WRITER);
    expect([...new Set(codes)]).toEqual(['WORKSPACES_PLACE']);
    return text;
  };

  test('is not inside a checkout, also when a link leads there', async () => {
    const place = givenPlace();
    expect(await refused(place, 'inside')).toContain('its tools would pick them up');
    symlinkSync(place.root, join(place.folder, 'link'));
    expect(await refused(place, '../link/inside')).toContain('its tools would pick them up');
  });

  test('is not where the dependencies of others are found', async () => {
    const place = givenPlace();
    mkdirSync(join(place.folder, 'other', 'node_modules', 'deep'), { recursive: true });
    expect(await refused(place, '../other/node_modules/deep')).toContain('below a node_modules folder');
    expect(await refused(place, '../other/workspaces')).toContain(join('other', 'node_modules'));
  });

  test('can be made', async () => {
    const place = givenPlace();
    writeFileSync(join(place.folder, 'file'), '');
    symlinkSync('nowhere', join(place.folder, 'dangling'));
    expect(await refused(place, '../file/x')).toContain('is a file');
    expect(await refused(place, '../dangling/x')).toContain('leads nowhere');
  });

  test('may be named by a link: the run works there', async () => {
    const place = givenPlace();
    mkdirSync(join(place.folder, 'real'));
    symlinkSync('real', join(place.folder, 'link'));
    place.write({
      'plan.yaml': planOf([{ id: 'one' }, { id: 'two', after: ['one'] }], {
        workspaces: '../link/spaces',
        gate: 'test -f a.txt',
      }),
    });
    const ended = await place.callsheet('run', '--plan', 'plan.yaml', '--agent', WRITER, '--yes');
    expect(ended).toMatchObject({ code: 0 });
    expect(place.known().worktrees).toBe(1);
  });

  const run = (place: Place, top: Record<string, unknown> = {}) => {
    place.write({ 'plan.yaml': planOf([{ id: 'one' }], top) });
    return place.callsheet('run', '--plan', 'plan.yaml', '--agent', WRITER, '--yes');
  };

  test('stays when it was there before, with every folder that was in it, and loses what the run made', async () => {
    const place = givenPlace();
    mkdirSync(join(place.folder, 'mine', 'scratch'), { recursive: true });
    expect(await run(place, { workspaces: '../mine' })).toMatchObject({ code: 0 });
    expect(await run(place, { workspaces: '../mine', gate: 'false' })).toMatchObject({ code: 3 });
    expect(readdirSync(join(place.folder, 'mine'), { recursive: true })).toEqual(['scratch']);
  });

  test('stays when a link of its usual name leads to it: one run after another works there', async () => {
    const place = givenPlace();
    const link = `${place.root}.callsheet`;
    mkdirSync(join(place.folder, 'big'));
    symlinkSync('big', link);
    for (const round of [1, 2]) expect(await run(place), `${round}`).toMatchObject({ code: 0 });
    expect(readdirSync(join(place.folder, 'big'))).toEqual([]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });
});
