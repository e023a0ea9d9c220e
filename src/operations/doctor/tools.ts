import { gitVersion, isGitNewEnough, OLDEST_GIT } from '../../git/index.js';
import { optionalText, sql } from '../../store/index.js';
import type { Context } from '../operation.js';
import type { Finding } from './finding.js';

const OLDEST_NODE = [20, 19] as const;

export async function checkGit(): Promise<Finding[]> {
  const version = await gitVersion();
  const isNew = isGitNewEnough(version);
  const wanted = `${OLDEST_GIT.major}.${OLDEST_GIT.minor}`;
  return [
    isNew
      ? { level: 'ok', what: 'git', found: version.text }
      : { level: 'bad', what: 'git', found: version.text, todo: `install git ${wanted} or newer` },
  ];
}

export async function checkNode(): Promise<Finding[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const found = process.versions.node;
  return [
    isNew
      ? { level: 'ok', what: 'node', found }
      : { level: 'bad', what: 'node', found, todo: `install Node ${OLDEST_NODE.join('.')} or newer` },
  ];
}

export async function checkSqlite({ sheet }: Context): Promise<Finding[]> {
  const row = await sheet.store.get(sql`select sqlite_version() as version`);
  return [
    { level: 'ok', what: 'sqlite', found: optionalText(row ?? { version: null }, 'version') ?? 'unknown' },
  ];
}

export async function checkRepository(context: Context): Promise<Finding[]> {
  const repository = await context.repository();
  const { branch, commit } = await repository.head();
  const what = 'repository';
  if (commit === undefined)
    return [
      {
        level: 'warn',
        what,
        found: `${repository.root} has no commit yet`,
        todo: 'a run needs one: git commit',
      },
    ];
  if (branch === undefined)
    return [
      {
        level: 'warn',
        what,
        found: `${repository.root} is on no branch`,
        todo: 'a run needs one: git switch BRANCH',
      },
    ];
  return [{ level: 'ok', what, found: `${repository.root} on ${branch}` }];
}
