// npm run clients:install: the agent clients that the tests drive, at the versions of test/clients/versions.json, into a cache
// outside node_modules. Nothing of a client is run, not even an install script. `--json` prints what is there as JSON.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const VERSIONS = path.resolve(import.meta.dirname, '../test/clients/versions.json');
const CACHE = process.env.CALLSHEET_CLIENTS || path.join(os.homedir(), '.cache/callsheet-clients');
const PLATFORM = `${process.platform}-${process.arch}`;
/** For a client of which each platform has a package of its own; this one is for every processor of the platform. */
const ANY_PROCESSOR = process.arch === 'x64' ? `${PLATFORM}-baseline` : PLATFORM;

/** Where the program of each client can lie in its packages. */
const PROGRAMS = {
  claude: [
    `@anthropic-ai/claude-code-${PLATFORM}/claude`,
    `@anthropic-ai/claude-code-${PLATFORM}-musl/claude`,
  ],
  codex: [
    'x86_64-unknown-linux-musl',
    'aarch64-unknown-linux-musl',
    'x86_64-apple-darwin',
    'aarch64-apple-darwin',
  ].map((target) => `@openai/codex-${PLATFORM}/vendor/${target}/bin/codex`),
  gemini: ['@google/gemini-cli/bundle/gemini.js'],
  opencode: [`opencode-${ANY_PROCESSOR}/bin/opencode`],
};

const asJson = process.argv.includes('--json');
const say = (line) => asJson || console.log(line);

async function main() {
  const versions = JSON.parse(await readFile(VERSIONS, 'utf8'));
  const installed = [];
  for (const [name, { package: named, version }] of Object.entries(versions)) {
    const packageName = named.replace('{platform}', ANY_PROCESSOR);
    const folder = path.join(CACHE, `${name}-${version}`);
    const isThere = existsSync(path.join(folder, 'program'));
    if (!isThere) {
      say(`${name} ${version}: installing ${packageName}`);
      await install(name, `${packageName}@${version}`, folder);
    }
    say(`${name} ${version}: ${folder}${isThere ? ' (was there)' : ''}`);
    installed.push({ name, version, folder, program: path.join(folder, 'program'), wasThere: isThere });
  }
  if (asJson) console.log(JSON.stringify(installed, null, 2));
}

/** The folder appears whole or not at all, so that a killed install is simply done again. */
async function install(name, wanted, folder) {
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(`${folder}.unfinished-`);
  try {
    await writeFile(path.join(unfinished, 'package.json'), '{"private":true}\n');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    await promisify(execFile)('npm', ['install', wanted, ...options], {
      cwd: unfinished,
      env: plainEnvironment(),
    });
    const program = findProgram(name, unfinished);
    await symlink(program, path.join(unfinished, 'program'));
    await rename(unfinished, folder);
  } catch (error) {
    // Another install was quicker.
    if (!existsSync(path.join(folder, 'program'))) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** npm tells what it runs about the project it runs for; the clients are no part of that. */
function plainEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|INIT_CWD$)/i.test(name)),
  );
}

function findProgram(name, folder) {
  const places = PROGRAMS[name].map((place) => path.join('node_modules', place));
  const found = places.find((place) => existsSync(path.join(folder, place)));
  if (found === undefined)
    throw new Error(`${name} has no program for ${PLATFORM}; looked for ${places.join(', ')}`);
  return found;
}

try {
  await main();
} catch (error) {
  console.error(`The clients could not be installed: ${error.stderr || error.message}`);
  process.exitCode = 1;
}
