import { mkdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { errorCode } from '../../error/index.js';
import type { Action } from './action.js';
import { say } from './say.js';

type FileStep = Extract<Action, { step: 'read' | 'edit' | 'write' | 'delete' }>;

/** Does a step on files of the workspace. @param workspace Absolute; nothing outside is touched, links included. */
export async function workOnFiles(action: FileStep, workspace: string): Promise<void> {
  switch (action.step) {
    case 'read':
      for (const path of action.paths) await readFile(await inside(workspace, path));
      return tell('read', action.paths, []);
    case 'edit':
      return edit(action, await inside(workspace, action.file));
    case 'write': {
      const file = await inside(workspace, action.file);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, action.text);
      return tell('write', [], [action.file]);
    }
    case 'delete':
      await rm(await inside(workspace, action.path), { recursive: true });
      return tell('delete', [], [action.path]);
  }
}

async function edit({ file, find, replace }: Extract<Action, { step: 'edit' }>, path: string): Promise<void> {
  const content = await readFile(path, 'utf8');
  const [before, after, ...more] = content.split(find);
  if (before === undefined || after === undefined) {
    if (replace !== '' && content.includes(replace)) return tell('read', [file], []);
    throw new Error(`${file} does not contain ${JSON.stringify(find)}`);
  }
  if (more.length > 0)
    throw new Error(`${file} contains ${JSON.stringify(find)} ${more.length + 1} times, not once`);
  await writeFile(path, before + replace + after);
  tell('edit', [file], [file]);
}

async function inside(workspace: string, path: string): Promise<string> {
  const target = resolve(path);
  const way = relative(await realpath(workspace), await resolved(target));
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new Error(`${path} lies outside the workspace`);
  return target;
}

/** Where a path leads once links are followed, also when its last parts, or what a link names, do not exist yet. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const parent = await resolved(dirname(path));
  const target = await linkTarget(path);
  return target === undefined ? resolve(parent, basename(path)) : resolved(resolve(parent, target));
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (['ENOENT', 'EINVAL'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

function tell(name: string, reads: string[], writes: string[]): void {
  say({ type: 'tool', name, reads, writes, detail: [...new Set([...reads, ...writes])].join(', ') });
}
