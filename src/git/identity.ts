import { runGit } from './run-git.js';

const NOBODY = { name: 'callsheet', email: 'callsheet@localhost' };

/** The environment that makes git write commits in the name of somebody. */
export type IdentityEnvironment = Record<string, string>;

/**
 * The identity for commits: what the user has configured, else `callsheet <callsheet@localhost>`. git would make
 * one up from the login and host name, or refuse to commit.
 */
export async function readIdentity(cwd: string): Promise<IdentityEnvironment> {
  const configured = await readSettings(cwd);
  const author = personFrom(configured, 'author') ?? NOBODY;
  const committer = personFrom(configured, 'committer') ?? NOBODY;
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
  };
}

async function readSettings(cwd: string): Promise<Map<string, string>> {
  const pattern = '^(user|author|committer)\\.(name|email)$';
  const { stdout } = await runGit(cwd, ['config', '-z', '--get-regexp', pattern], { okExitCodes: [0, 1] });
  const entries = stdout.split('\0').filter((entry) => entry.includes('\n'));
  return new Map(
    entries.map((entry) => [entry.slice(0, entry.indexOf('\n')), entry.slice(entry.indexOf('\n') + 1)]),
  );
}

function personFrom(
  configured: Map<string, string>,
  role: string,
): { name: string; email: string } | undefined {
  const name = configured.get(`${role}.name`) ?? configured.get('user.name') ?? '';
  const email = configured.get(`${role}.email`) ?? configured.get('user.email') ?? '';
  return name.trim() === '' || email.trim() === '' ? undefined : { name, email };
}
