import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { GLOBALS } from '../../src/cli/globals.js';
import { readCommandLine } from '../../src/cli/command-line.js';
import { EXIT_CODES } from '../../src/error/index.js';
import { flagOf, OPERATIONS, type Fields } from '../../src/operations/index.js';
import { commandReference } from './command-reference.js';
import {
  blocksOf,
  documents,
  headingsOf,
  labelled,
  PROJECT,
  rowsOf,
  sectionOf,
  textOf,
} from './documents.js';
import { givenApp, type GivenApp } from './given-app.js';

const FILE = 'docs/command-line.md';
const [BEGIN, END] = ['<!-- commands -->', '<!-- /commands -->'];

describe('the reference of the command line', () => {
  test('is what the table of operations says', async () => {
    const text = textOf(FILE);
    const [head = '', rest = ''] = text.split(BEGIN);
    const made = `${head}${BEGIN}\n\n${commandReference()}\n\n${END}${rest.split(END)[1] ?? ''}`;
    const options = await resolveConfig(join(PROJECT, FILE));
    const wanted = await format(made, { ...options, parser: 'markdown' });
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(PROJECT, FILE), wanted);
    expect(textOf(FILE), 'make it anew: UPDATE_DOCS=1 npx vitest run test/docs/command-line.test.ts').toBe(
      wanted,
    );
  });

  test('has every command and option', () => {
    const headings = headingsOf(FILE, 3);
    for (const { name, input } of OPERATIONS) {
      const words = name.replaceAll('.', ' ');
      expect(headings).toContain(words);
      const section = sectionOf(FILE, `### ${words}`);
      for (const option of optionsOf(input)) expect(section).toContain(option);
    }
    for (const option of optionsOf(GLOBALS))
      expect(sectionOf(FILE, '### Options of every command')).toContain(option);
  });

  test('has every exit code', () => {
    const codes = rowsOf(sectionOf(FILE, '## Exit codes')).map(([code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT_CODES));
  });
});

function optionsOf(fields: Fields): string[] {
  return Object.entries(fields)
    .filter(([, { positional }]) => positional !== true)
    .map(([name, field]) => `--${flagOf(name, field)}`);
}

const commands = documents().flatMap((path) =>
  blocksOf(path)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text, line }) =>
      text.split('\n').map((command, at) => ({ command, place: `${path}:${line + at}` })),
    )
    .filter(({ command }) => command.startsWith('callsheet ')),
);

describe('a command line in a document is one that callsheet takes', () => {
  test.each(commands)('$place $command', ({ command }) => {
    const words = wordsOf(command);
    expect(readCommandLine(words.slice(1)).kind).toBe('operation');
  });

  test('there are some', () => {
    expect(commands.length).toBeGreaterThan(40);
  });
});

/** The words of a command as a shell cuts them: quotes, no substitution; what follows a redirection is left out. */
function wordsOf(command: string): string[] {
  const tokens: string[] = command.match(/(?:'[^']*'|"(?:\\.|\$\([^)]*\)|[^"\\])*"|[^\s'"])+/g) ?? [];
  const end = tokens.indexOf('>');
  return tokens.slice(0, end === -1 ? undefined : end).map((token) => token.replaceAll(/^["']|["']$/g, ''));
}

describe('the documents that commands print', () => {
  test('have the keys that the reference shows', async () => {
    await using app = await givenApp();
    const outputs: Record<string, unknown> = {
      'task add': await app.json('task', 'add', 'Rate limit the API', '-p', '2', '--files', 'src/limit.js'),
      'lock acquire': await app.json('lock', 'acquire', 'src/limit.js'),
      send: await app.json('send', 'QUESTION', 'Keep the v1 cookie?', '--to', 'human'),
      'note add': await app.json('note', 'add', 'decision', '429 carries Retry-After'),
      'task claim': await app.json('task', 'claim'),
      'task complete': await app.json('task', 'complete', 'task-1', 'Requests over the limit get 429'),
      status: await app.json('status'),
      log: await app.json('log'),
      report: await reportOf(app),
    };
    const blocks = labelled(FILE, ...Object.keys(outputs).map((name) => `output ${name}`));
    expect(blocks.map(({ label }) => label).sort()).toEqual(
      Object.keys(outputs)
        .map((name) => `output ${name}`)
        .sort(),
    );
    for (const { label, text, name } of blocks) {
      const output = outputs[label.replace('output ', '')];
      expect(shapeOf(JSON.parse(text)), name).toEqual(shapeOf(output));
    }
  });

  test('are null with exit code 3 when nothing can be claimed', async () => {
    await using app = await givenApp();
    expect(await app.run('task', 'claim', '--json')).toMatchObject({ code: 3, stdout: 'null\n' });
  });
});

async function reportOf(app: GivenApp): Promise<unknown> {
  writeFileSync(
    join(app.root, '..', 'plan.yaml'),
    'goal: Greet\ntasks: [{id: hi, spec: "Write `hi.txt`."}]\n',
  );
  const { code } = await app.run(
    'run',
    '--plan',
    '../plan.yaml',
    '--agent',
    'command:echo hi > hi.txt',
    '--yes',
  );
  expect(code).toBe(0);
  return app.json('report');
}

/** The keys of a document, two levels deep; lists count as lists, whatever is in them. */
function shapeOf(value: unknown, depth = 2): unknown {
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object' || value === null || depth === 0)
    return value === null ? 'null' : typeof value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [
    key,
    shapeOf(each, depth - 1),
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => one.localeCompare(other)));
}
