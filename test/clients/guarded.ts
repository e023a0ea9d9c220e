import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';
import { scriptedModel, type ScriptedModel } from './model.js';
import type { ToolCall, Turn } from './script.js';

export const TEN_LINES = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n';

/** A turn of the model that calls these tools at once. */
export const use = (...tools: ToolCall[]): Turn => ({ tools });

/** Somebody who uses a client, in a repository and with a home of their own. */
interface User extends AsyncDisposable {
  home: string;
  run(prompt: string, wishes?: { cwd?: string }): { finished: Promise<unknown> };
}

export interface GuardedWishes<Client extends User> {
  /** As `init` calls it. */
  name: string;
  given: (place: { root: string; model: ScriptedModel }) => Client;
  model: ScriptedModel;
  files?: Record<string, string>;
}

/** A repository set up by `callsheet init`, and a person who uses a client in it. */
export async function givenGuarded<Client extends User>(wishes: GuardedWishes<Client>) {
  const { name, given, model, files = { 'a.txt': TEN_LINES } } = wishes;
  const place = await givenRepository(files);
  const user = given({ root: place.root, model });
  const callsheet = async (...args: string[]): Promise<string> => {
    const env = { HOME: user.home, XDG_CONFIG_HOME: join(user.home, '.config') };
    const { code, stdout, stderr } = await runCallsheet(place.root, args, env);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  await callsheet('init', `--${name}`, '--yes');
  return {
    ...{ ...place, callsheet },
    /** Has a session play a script of the model, from its start to its end. */
    play: (script: string, cwd = '.') =>
      user.run(`[[script:${script}]]`, { cwd: join(place.root, cwd) }).finished,
    text: (path: string) => readFileSync(join(place.root, path), 'utf8'),
    sheet: async (query: string) => JSON.parse(await callsheet('sql', query, '--json')) as unknown,
    async [Symbol.asyncDispose]() {
      await user[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

type Guarded = Awaited<ReturnType<typeof givenGuarded>>;

/** A client's tools that read a file and change a part of one. */
export interface FileTools {
  read: (path: string) => ToolCall;
  edit: (path: string, from: string, to: string) => ToolCall;
}

/**
 * The story of two sessions of one client that edit neighbouring lines of one file: the slower has read it before the
 * quicker changed it, and tries twice.
 * @returns What the slower one was answered, call by call.
 */
export async function editBesideEachOther(
  { read, edit }: FileTools,
  given: (model: ScriptedModel) => Promise<Guarded>,
) {
  await using model = await scriptedModel({
    slow: [
      use(read('a.txt')),
      async () => {
        await model.asked('quick', 1);
        return use(edit('a.txt', 'three', 'THREE'));
      },
      use(edit('a.txt', 'three', 'THREE')),
      { text: 'Done.' },
    ],
  });
  model.learn({
    quick: [{ ...use(edit('a.txt', 'two', 'TWO')), after: model.asked('slow', 1) }, { text: 'Done.' }],
  });
  await using place = await given(model);
  await Promise.all([place.play('slow'), place.play('quick')]);
  expect(place.text('a.txt')).toBe(TEN_LINES.replace('two', 'TWO').replace('three', 'THREE'));
  expect(model.told('slow')).toMatch(/you are \w+ in this repository/);
  expect(await place.sheet('select count(*) as open from agents where ended is null')).toEqual({
    rows: [{ open: 0 }],
  });
  return model.log.filter(({ script }) => script === 'slow').flatMap((each) => each.results);
}
