import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CallsheetError, errorCode } from '../error/index.js';
import { cleanEnvironment, endTree, finishOutput, startProcess } from '../process/index.js';

/** How long a client may take to say its version. */
const VERSION_LIMIT_MS = 5_000;
const MOST_OUTPUT = 1_000;

/** The file that a person starts by this name. Whatever the checkout itself would bring along is not looked at. */
export function findProgram(name: string, env: NodeJS.ProcessEnv, root: string): string | undefined {
  const path = cleanEnvironment({ PATH: env['PATH'] }, { repositoryRoot: root })['PATH'] ?? '';
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/**
 * What a program says its version is (`2.1.328`), asked with `--version`. Undefined when it says none, fails, or takes
 * longer than `limitMs`; then it is ended.
 */
export async function versionOf(
  file: string,
  env: NodeJS.ProcessEnv,
  root: string,
  limitMs = VERSION_LIMIT_MS,
): Promise<string | undefined> {
  let output = '';
  try {
    const child = await startProcess({
      file,
      args: ['--version'],
      cwd: '/',
      env: { ...cleanEnvironment(env, { repositoryRoot: root }), DISABLE_AUTOUPDATER: '1' },
      onOutput(chunk, stream) {
        if (stream === 'stdout') output = (output + chunk.toString('utf8')).slice(0, MOST_OUTPUT);
      },
    });
    let ending: Promise<void> | undefined;
    const timer = setTimeout(() => {
      ending = endTree(child.identity, { graceMs: 0 });
    }, limitMs);
    const { code } = await child.ended;
    clearTimeout(timer);
    await (ending ?? finishOutput(child));
    child.abandonOutput();
    return code === 0 ? /\d{1,6}\.\d{1,6}\.\d{1,6}/.exec(output)?.[0] : undefined;
  } catch (error) {
    if (error instanceof CallsheetError) return undefined;
    throw error;
  }
}

/** Whether a version is at least another; both as `1.2.3`. */
export function isAtLeast(version: string, least: string): boolean {
  const [one, other] = [version, least].map((each) => each.split('.').map(Number));
  for (const [at, part] of (other ?? []).entries()) {
    const own = one?.[at] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
