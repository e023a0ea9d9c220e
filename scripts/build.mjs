// Bundles the entries of src/ (and, with --bench, of bench/) into dist/ as CommonJS: one file starts in half the
// time of the same code as ES modules. What is imported dynamically stays lazy inside the bundle. The command itself is
// two files: the program, and a launcher that starts it from its compiled form (src/launch.ts); so is the lean hook.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build as bundle } from 'esbuild';
import { fileOf, lazyParts, ownRequire } from './lazy-parts.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');

const LAUNCHER = 'src/launch.ts';
// Large, and used by few commands: files of their own beside the program.
const PACKAGES = ['yaml', 'diff', 'jsonc-parser'];

// Started so often that compiling them would show. `first` are the commands that a small repository of their own is
// given before the compiled form is kept: what the last of them uses is in it, or what all of them use (`isForAll`).
// What only those `before` them use is not. They are given to the program `startedBy`, where that is not what is launched.
const LAUNCHED = [
  {
    output: 'dist/callsheet.cjs',
    program: { source: 'src/main.ts', output: 'dist/callsheet-main.cjs', packages: PACKAGES },
    isForAll: true,
    first: [
      ['task', 'add', 'One', '--files', 'a.txt'],
      ['task', 'add', 'Two', '--after', 'task-1'],
      ['task', 'list'],
      ['status'],
      ['task', 'claim'],
      ['task', 'list'],
      ['status'],
    ].map((args) => ({ args: () => args })),
  },
  {
    output: 'dist/hook.cjs',
    // Nothing but a configuration that has changed wants YAML, which is larger than all the rest.
    program: { source: 'src/hook/main.ts', output: 'dist/hook-main.cjs', external: ['yaml'] },
    before: [hookCall('SessionStart')],
    first: hooksOfEdit(),
    isForAll: true,
  },
  {
    output: 'dist/mcp-session.cjs',
    startedBy: 'dist/mcp.cjs',
    program: { source: 'src/mcp/session.ts', output: 'dist/mcp-session-main.cjs', packages: PACKAGES },
    first: [{ args: () => [], input: mcpCalls }],
  },
  {
    output: 'dist/mcp-server.cjs',
    startedBy: 'dist/mcp.cjs',
    program: {
      source: 'src/mcp/serve.ts',
      output: 'dist/mcp-server-main.cjs',
      alias: { '@modelcontextprotocol/server/_shims': path.join(ROOT, 'src/mcp/sdk-shims.ts') },
    },
    first: [{ args: () => [], input: mcpCalls }],
  },
];
const ENTRIES = [
  { source: 'src/mcp/main.ts', output: 'dist/mcp.cjs', minify: true },
  { source: 'src/driver/scripted/main.ts', output: 'dist/scripted-agent.cjs' },
  { source: 'src/server/main.ts', output: 'dist/server.cjs' },
  { source: 'src/hook/git-main.ts', output: 'dist/git-hook.cjs' },
  { source: 'src/store/sqlite/query-main.ts', output: 'dist/query.cjs' },
];

/**
 * Builds every entry whose source exists.
 * @param {{ bench?: boolean }} [options] With `bench`, the programs of bench/ as well, into dist/bench/.
 * @returns {Promise<string[]>} What was built, relative to the project.
 */
export async function build({ bench = false } = {}) {
  const wanted = bench ? [...ENTRIES, ...(await benchEntries())] : ENTRIES;
  const [launched] = await Promise.all([
    Promise.all(LAUNCHED.map(buildLaunched)),
    ...PACKAGES.map(buildPackage),
    ...wanted.map(buildEntry),
  ]);
  // Each is started for that, and may start others.
  await Promise.all(launched.map((keep) => keep()));
  await removeOthersCompiled();
  return [
    ...LAUNCHED.flatMap(({ output, program }) => [output, program.output]),
    ...PACKAGES.map((name) => `dist/${fileOf(name)}`),
    ...wanted.map((each) => each.output),
  ];
}

/** @returns What keeps its compiled form. */
async function buildLaunched({ output, startedBy = output, program, before, first, isForAll = false }) {
  // As a function, so that the launcher has nothing to put together: the text is read at each start.
  const parameters = 'exports, require, module, __filename, __dirname';
  const text = `(function (${parameters}) {${await bundled(program, { minify: true })}\n})`;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  // The first line says which text it is, so that a launcher of another build does not take it for its own.
  await replaceFile(path.join(ROOT, program.output), `// ${digest}\n${text}`);
  const define = {
    PROGRAM_FILE: JSON.stringify(path.basename(program.output)),
    PROGRAM_DIGEST: JSON.stringify(digest),
    IS_BUILDING: 'false',
  };
  await buildLauncher(output, define);
  if (!isForAll) return () => keepCompiled({ output: startedBy, program, first, digest });
  // Of its own, for builds beside this one.
  const building = output.replace(/\.cjs$/, `-building-${process.pid}.cjs`);
  await buildLauncher(building, { ...define, IS_BUILDING: 'true' });
  return async () => {
    await keepCompiled({ output: building, program, before, first, digest, isForAll });
    await rm(path.join(ROOT, building));
  };
}

async function buildPackage(name) {
  const output = `dist/${fileOf(name)}`;
  await replaceFile(path.join(ROOT, output), await bundled({ source: name, output }));
}

async function buildLauncher(output, define) {
  const launcher = await bundled({ source: LAUNCHER, output }, { define });
  await replaceFile(path.join(ROOT, output), `#!/usr/bin/env node\n${launcher}`);
}

/** Gives the first commands. Each begins without a compiled form, unless it is to grow. */
async function keepCompiled({ output, program, before = [], first, digest, isForAll = false }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'callsheet-build-'));
  try {
    for (const part of ['.git/objects', '.git/refs'])
      await mkdir(path.join(folder, part), { recursive: true });
    await writeFile(path.join(folder, '.git/HEAD'), 'ref: refs/heads/main\n');
    await writeFile(path.join(folder, 'a.txt'), 'one\n');
    // Without what could change the form or the place: an inspector, a coverage, another sheet.
    const env = { PATH: process.env.PATH ?? '', HOME: folder, CALLSHEET_NO_SERVER: '1' };
    for (const [at, { args, input, change }] of [...before, ...first].entries()) {
      await change?.(folder);
      if (at <= before.length || !isForAll) await removeCompiled(program, () => true);
      const command = [path.join(ROOT, output), ...args(folder)];
      const running = promisify(execFile)(process.execPath, command, { cwd: folder, env });
      running.child.stdin.end(input?.(folder) ?? '');
      await running;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await removeCompiled(program, (name) => !name.includes(`.${digest}`));
}

async function removeCompiled({ output }, isLeft) {
  const folder = path.join(ROOT, path.dirname(output));
  for (const name of await readdir(folder))
    if (name.startsWith(`${path.basename(output)}.`) && name.endsWith('.cache') && isLeft(name))
      await rm(path.join(folder, name), { force: true });
}

/** The compiled forms of programs that earlier builds had under another name. */
async function removeOthersCompiled() {
  const own = LAUNCHED.map(({ program }) => `${path.basename(program.output)}.`);
  const folder = path.join(ROOT, 'dist');
  for (const name of await readdir(folder))
    if (name.endsWith('.cache') && !own.some((start) => name.startsWith(start)))
      await rm(path.join(folder, name), { force: true });
}

/** A hook of a client, as the lean entry is given it. */
function hookCall(event, wordsIn = () => ({})) {
  return {
    args: (folder) => ['claude', String(process.pid), path.join(folder, '.git/callsheet')],
    input: (folder) =>
      JSON.stringify({ session_id: 'build', cwd: folder, hook_event_name: event, ...wordsIn(folder) }),
  };
}

/** What an agent does all day: it reads a file, asks to edit it, and has edited it. */
function hooksOfEdit() {
  const inputIn = (folder) => ({ file_path: path.join(folder, 'a.txt') });
  const editIn = (folder) => ({ ...inputIn(folder), old_string: 'one', new_string: 'two' });
  const before = (tool_name, tool_use_id, tool_input) =>
    hookCall('PreToolUse', (folder) => ({ tool_name, tool_use_id, tool_input: tool_input(folder) }));
  const after = hookCall('PostToolBatch', (folder) => ({
    tool_calls: [
      { tool_name: 'Read', tool_use_id: 'read', tool_input: inputIn(folder), tool_response: '     1\tone' },
      {
        tool_name: 'Edit',
        tool_use_id: 'edit',
        tool_input: editIn(folder),
        tool_response: 'The file was updated.',
      },
    ],
  }));
  const made = { ...after, change: (folder) => writeFile(path.join(folder, 'a.txt'), 'two\n') };
  return [before('Read', 'read', inputIn), before('Edit', 'edit', editIn), made, after];
}

/** What a client of the MCP server says first. */
function mcpCalls() {
  const clientInfo = { name: 'build', version: '0' };
  const calls = [
    ['initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }],
    ['tools/list', {}],
    ['tools/call', { name: 'get_status', arguments: {} }],
    ['tools/call', { name: 'claim_task', arguments: {} }],
  ];
  const lines = calls.map(([method, params], id) => JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  return `${lines.join('\n')}\n`;
}

async function benchEntries() {
  if (!existsSync(path.join(ROOT, 'bench'))) return [];
  const names = await readdir(path.join(ROOT, 'bench'));
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ source: `bench/${name}`, output: `dist/bench/${name.replace(/\.ts$/, '.cjs')}` }));
}

async function buildEntry({ source, output, minify = false }) {
  const text = await bundled({ source, output }, { minify });
  await replaceFile(path.join(ROOT, output), `#!/usr/bin/env node\n${text}`);
}

async function bundled(
  { source, output, external = [], packages = [], alias = {} },
  { define = {}, ...options } = {},
) {
  const { outputFiles } = await bundle({
    absWorkingDir: ROOT,
    entryPoints: [source],
    outfile: output,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // The program runs as a script of V8, which cannot import.
    supported: { 'dynamic-import': false },
    external: ['@photostructure/sqlite', 'node:*', ...external],
    plugins: [lazyParts(packages), ownRequire()],
    // Its other form finds its parts with a `require` that no bundler can follow.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js', ...alias },
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename', ...define },
    banner: { js: '"use strict";' },
    logLevel: 'error',
    ...options,
  });
  const text = outputFiles[0].text.replace(/^#!.*\n/, '');
  // Regular expressions are left as written; in plain ASCII a text is half as long in memory, and read as it is.
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// Written beside and renamed, so that a process that starts meanwhile never reads half a program.
async function replaceFile(file, contents) {
  const beside = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(beside, contents);
  await chmod(beside, 0o755);
  await rename(beside, file);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const built = await build({ bench: process.argv.includes('--bench') });
  console.log(built.length > 0 ? `Built ${built.join(', ')}` : 'Nothing to build yet.');
}
