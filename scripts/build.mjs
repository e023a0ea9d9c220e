// Bundles the entries of src/ (and, with --bench, of bench/) into dist/ as CommonJS: one file starts in half the
// time of the same code as ES modules. What is imported dynamically stays lazy inside the bundle. The command itself is
// two files: the program, and a launcher that starts it from its compiled form (src/launch.ts).
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build as bundle } from 'esbuild';
import { lazyBuiltins } from './lazy-builtins.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');

const COMMAND = { source: 'src/launch.ts', output: 'dist/callsheet.cjs' };
const PROGRAM = { source: 'src/main.ts', output: 'dist/callsheet-main.cjs' };
const ENTRIES = [
  { source: 'src/driver/scripted/main.ts', output: 'dist/scripted-agent.cjs' },
  { source: 'src/hook/main.ts', output: 'dist/hook.cjs' },
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
  await Promise.all([buildCommand(), ...wanted.map((entry) => buildEntry(entry))]);
  return [COMMAND, PROGRAM, ...wanted].map(({ output }) => output);
}

async function buildCommand() {
  const text = await bundled(PROGRAM, { minifyWhitespace: true, minifySyntax: true });
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  // The first line says which text it is, so that a launcher of another build does not take it for its own.
  await replaceFile(path.join(ROOT, PROGRAM.output), `// ${digest}\n${text}`);
  const launcher = await bundled(COMMAND, { define: { PROGRAM_DIGEST: JSON.stringify(digest) } });
  await replaceFile(path.join(ROOT, COMMAND.output), `#!/usr/bin/env node\n${launcher}`);
  await keepCompiled(digest);
}

/** The first command keeps the compiled form. It is given a repository of its own, as small as one can be. */
async function keepCompiled(digest) {
  const folder = await mkdtemp(path.join(tmpdir(), 'callsheet-build-'));
  try {
    for (const part of ['.git/objects', '.git/refs'])
      await mkdir(path.join(folder, part), { recursive: true });
    await writeFile(path.join(folder, '.git/HEAD'), 'ref: refs/heads/main\n');
    // Without what could change the form or the place: an inspector, a coverage, another sheet.
    const env = { PATH: process.env.PATH ?? '', HOME: folder };
    const command = path.join(ROOT, COMMAND.output);
    await promisify(execFile)(process.execPath, [command, 'task', 'list'], { cwd: folder, env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const name = path.basename(PROGRAM.output);
  for (const each of await readdir(path.join(ROOT, 'dist'))) {
    if (each.startsWith(`${name}.`) && !each.startsWith(`${name}.${digest}`))
      await rm(path.join(ROOT, 'dist', each), { force: true });
  }
}

async function benchEntries() {
  if (!existsSync(path.join(ROOT, 'bench'))) return [];
  const names = await readdir(path.join(ROOT, 'bench'));
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ source: `bench/${name}`, output: `dist/bench/${name.replace(/\.ts$/, '.cjs')}` }));
}

async function buildEntry({ source, output }) {
  const text = await bundled({ source, output });
  await replaceFile(path.join(ROOT, output), `#!/usr/bin/env node\n${text}`);
}

async function bundled({ source, output }, { define = {}, ...options } = {}) {
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
    external: ['@photostructure/sqlite', 'node:*'],
    plugins: [lazyBuiltins],
    // Its other form finds its parts with a `require` that no bundler can follow.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
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
