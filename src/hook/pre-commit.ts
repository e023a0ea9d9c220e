import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { findAgentAround, findAgentByClientSession, type Agent } from '../agent/index.js';
import { locateRepository, stagedContent, stagedFiles, type IndexPlace } from '../git/index.js';
import { beforeCommit, clientSessionOf, isLive, type InTheWay } from '../guard/index.js';
import { openSheet } from '../sheet/index.js';
import { defined, type Reader } from '../store/index.js';
import { oneLine, plainText } from '../text/index.js';
import { SESSION_ID } from './sessions.js';

/** What the hook of git does: prints this on standard error, and lets the commit be made or not. */
export interface CommitAnswer {
  stderr: string;
  exit: 0 | 1;
}

export interface CommitCaller {
  env: NodeJS.ProcessEnv;
  /** Where git started the hook: the top of the checkout. */
  cwd: string;
  /** The hook's own process. */
  pid: number;
}

const PASSES: CommitAnswer = { stderr: '', exit: 0 };
const MOST_NAMED = 10;

/**
 * Answers git's pre-commit hook. An agent's commit of what is another's is refused; a person is warned. In a workspace
 * of a run, and without a sheet, it has no opinion.
 */
export async function answerPreCommit({ env, cwd, pid }: CommitCaller): Promise<CommitAnswer> {
  if ((env['CALLSHEET_SCRATCH'] ?? '') !== '') return PASSES;
  const index = indexOf(cwd, env);
  if (index === undefined) return PASSES;
  await using sheet = await openSheet(cwd, { env, create: false });
  const { store, folder: sheetFolder, commonDir } = sheet;
  const agent = await committer(store, env, pid);
  const found = await beforeCommit(
    { store, sheetFolder, commonDir },
    {
      ...defined({ agent }),
      checkout: realpathSync(index.root),
      files: await stagedFiles(index),
      contentOf: (hash) => stagedContent(index, hash),
    },
  );
  if (found.length === 0) return PASSES;
  return agent === undefined ? { stderr: warning(found), exit: 0 } : { stderr: refusal(found), exit: 1 };
}

/** The index that git commits; undefined where it commits to another repository than the folder's. */
function indexOf(cwd: string, env: NodeJS.ProcessEnv): IndexPlace | undefined {
  const located = locateRepository(cwd);
  if (located?.hasCheckout !== true) return undefined;
  const { GIT_DIR: gitDir, GIT_INDEX_FILE: index } = env;
  if (gitDir !== undefined && realpathSync(resolve(cwd, gitDir)) !== located.gitDir) return undefined;
  return {
    root: located.root,
    env: index === undefined ? {} : { GIT_INDEX_FILE: resolve(cwd, index) },
  };
}

/** The session whose command commits: by what its client says in the environment, else by its process. */
async function committer(reader: Reader, env: NodeJS.ProcessEnv, pid: number): Promise<Agent | undefined> {
  const named = [
    ['claude', env['CLAUDE_CODE_SESSION_ID']],
    ['codex', env['CODEX_SESSION_ID']],
  ] as const;
  for (const [client, id] of named) {
    if (id === undefined || !SESSION_ID.test(id)) continue;
    const agent = await findAgentByClientSession(reader, clientSessionOf(client, id));
    if (agent !== undefined && (await isLive(reader, agent))) return agent;
  }
  const around = await findAgentAround(reader, pid);
  return around?.role === 'human' ? undefined : around;
}

function refusal(found: readonly InTheWay[]): string {
  const isTold = found.some(({ why }) => why === 'overwrote');
  return [
    'callsheet: not committed. In this commit is what another is at work on:',
    ...lines(found),
    'Commit only what is yours: git commit -- PATH …. Where lines of both are in one file: git add -p PATH (only your own), then git commit without paths; or ask whoever is named to commit first. Where the lines of both belong together, read the file whole and commit again.',
    ...(isTold
      ? ['What your command wrote over you are shown at your next step; look at it, then commit.']
      : []),
    '',
  ].join('\n');
}

function warning(found: readonly InTheWay[]): string {
  return [
    'callsheet: warning: this commit takes along what others are at work on:',
    ...lines(found),
    '',
  ].join('\n');
}

function lines(found: readonly InTheWay[]): string[] {
  const named = found.slice(0, MOST_NAMED).map(({ path, what }) => `  ${shown(path)}: ${shown(what)}`);
  return found.length > MOST_NAMED ? [...named, `  and ${found.length - MOST_NAMED} more`] : named;
}

function shown(text: string): string {
  return oneLine(plainText(text), 300);
}
