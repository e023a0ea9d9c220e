import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { errorCode, usageError } from '../error/index.js';
import {
  checkKeys,
  field,
  integerFrom,
  PREPARATION_KEYS,
  present,
  readDuration,
  readFlag,
  readLine,
  readName,
  readPreparation,
  readSmallFile,
  readYaml,
  type FieldReader,
} from '../plan/index.js';
import { oneLine } from '../text/index.js';
import { CONFIG_FILE, POLICIES, type Config, type GuardRule, type Policy } from './config.js';

export const CONFIG_KEYS = [
  'agent',
  'model',
  'workers',
  'timeout',
  'startTimeout',
  'silenceTimeout',
  'gateTimeout',
  'attempts',
  'into',
  'guard',
  'wakeByKeys',
  ...PREPARATION_KEYS,
] as const;

/**
 * Reads the configuration at the top of a repository; without the file, nothing is configured.
 * @throws {CallsheetError} `CONFIG_INVALID` with every mistake, one a line and as `data`; `CONFIG_TOO_LARGE` over 1 MB;
 * `CONFIG_UNREADABLE` when it is no regular file in UTF-8, or a link that leads out of the repository.
 */
export async function readConfig(root: string): Promise<Config> {
  const path = await configPath(root);
  if (path === undefined) return { copy: [], keep: [], env: {}, resources: {} };
  // The real path: what has become a link since it was looked at is not followed.
  return parseConfig(await readSmallFile(path, { file: CONFIG_FILE, what: 'CONFIG' }, { followLink: false }));
}

/** The real path of the file; a repository from somewhere else must not make callsheet read what it likes. */
async function configPath(root: string): Promise<string | undefined> {
  const path = join(root, CONFIG_FILE);
  try {
    await lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const [real, top] = await Promise.all([realOf(path), realpath(root)]);
  const isInside = real?.startsWith(top.endsWith(sep) ? top : top + sep) === true;
  if (isInside && !real.startsWith(join(top, '.git') + sep)) return real;
  const where = real === undefined ? 'nowhere' : isInside ? 'into .git' : 'outside the repository';
  const message = `Cannot read ${CONFIG_FILE}: it is a link that leads ${where}. Nothing was run.`;
  throw usageError('CONFIG_UNREADABLE', message, 'Replace the link by a file.');
}

async function realOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * Reads the text of a configuration.
 * @throws {CallsheetError} `CONFIG_INVALID` as {@link readConfig}.
 */
export async function parseConfig(text: string): Promise<Config> {
  const { root, problems } = await readYaml(text, CONFIG_FILE);
  if (root === undefined) return problems.fail('CONFIG_INVALID');
  checkKeys(root, CONFIG_KEYS, problems);
  const config = present<Config>({
    ...readPreparation(root, problems),
    agent: field(root, 'agent', problems, readName),
    model: field(root, 'model', problems, readName),
    workers: field(root, 'workers', problems, integerFrom(1, 64, 'BAD_WORKERS')),
    timeoutMs: field(root, 'timeout', problems, readDuration),
    startTimeoutMs: field(root, 'startTimeout', problems, readDuration),
    silenceTimeoutMs: field(root, 'silenceTimeout', problems, readDuration),
    gateTimeoutMs: field(root, 'gateTimeout', problems, readDuration),
    attempts: field(root, 'attempts', problems, integerFrom(1, 20, 'BAD_ATTEMPTS')),
    into: field(root, 'into', problems, readBranch),
    guard: field(root, 'guard', problems, readGuard),
    wakeByKeys: field(root, 'wakeByKeys', problems, readFlag),
  });
  return problems.list.length > 0 ? problems.fail('CONFIG_INVALID') : config;
}

/** One word for the whole repository, or one for each path, folder or glob. */
const readGuard: FieldReader<GuardRule[]> = (node, key, problems) => {
  if (node.kind === 'map') {
    return node.entries.flatMap((entry) => {
      const policy = readPolicy(entry.value, `${key}.${entry.key}`, problems);
      return policy === undefined ? [] : [{ pattern: entry.key, policy }];
    });
  }
  const policy = readPolicy(node, key, problems);
  return policy === undefined ? undefined : [{ pattern: '**', policy }];
};

const readPolicy: FieldReader<Policy> = (node, key, problems) => {
  const word = readLine(node, key, problems);
  if (word === undefined) return undefined;
  const policy = POLICIES.find((each) => each === word);
  if (policy === undefined) {
    const instead = `one of: ${POLICIES.join(', ')}`;
    problems.add(node.offset, 'BAD_POLICY', `\`${oneLine(key, 60)}\` is \`${oneLine(word, 60)}\``, instead);
  }
  return policy;
};

/** The rules of `git check-ref-format --branch`, so that a mistake is named before a run ends with it. */
const readBranch: FieldReader<string> = (node, key, problems) => {
  const branch = readLine(node, key, problems);
  if (branch === undefined) return undefined;
  const isBad =
    /[\s~^:?*[\\\x7f]|\.\.|@\{|\/\/|\.$|\/$|^[-/]/.test(branch) ||
    branch === '@' ||
    branch.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (!isBad) return branch;
  problems.add(
    node.offset,
    'BAD_BRANCH',
    `\`${key}\` is \`${branch}\`, which cannot name a branch`,
    'a branch such as `main`',
  );
  return undefined;
};
