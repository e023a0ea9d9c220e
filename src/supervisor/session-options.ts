import { readConfig, type Config } from '../config/index.js';
import { CallsheetError } from '../error/index.js';
import type { CommitId, Repository } from '../git/index.js';
import type { RunOptions } from '../run/index.js';
import { runOptionsOf } from './options.js';
import { configAt } from './proposal.js';
import { problemsOfPlace } from '../workspace/index.js';

/** A branch that a session's is to land on. */
export interface SessionPlace {
  repository: Repository;
  /** Whether `repository.root` has it checked out. */
  isCheckedOut: boolean;
  head: CommitId;
}

/**
 * How the merge of a session's branch is tested: as the configuration of the branch says that it lands on, not as
 * the session's own does. `asks` is what a person agrees to before it is run.
 * @throws {CallsheetError} `WORKSPACES_PLACE`, `CONFIG_INVALID`, `CONFIG_TOO_LARGE`, `CONFIG_UNREADABLE`.
 */
export async function sessionOptions(place: SessionPlace): Promise<{ options: RunOptions; asks: string[] }> {
  const { repository, isCheckedOut, head } = place;
  const { root } = repository;
  const config = isCheckedOut ? await readConfig(root) : await configAt(repository, head);
  const options = runOptionsOf({ cwd: root, allowRedBase: false }, undefined, config, root);
  const [problem] = await problemsOfPlace(options.workspaces, root);
  if (problem === undefined) return { options, asks: asksOf(config, options) };
  throw new CallsheetError('WORKSPACES_PLACE', `${problem} Nothing was moved.`, {
    hint: 'Name another place: `workspaces: /path` in callsheet.config.yaml',
  });
}

// In the words of a run: what was agreed to there is not asked for again.
function asksOf(config: Config, { gate, setup, env, workspaces }: RunOptions): string[] {
  const asks: (string | false)[] = [
    setup !== undefined && `setup: ${setup}`,
    gate !== undefined && `gate: ${gate}`,
    ...Object.entries(env).map(([name, value]) => `env: ${name}=${value}`),
    config.workspaces !== undefined && `workspaces: ${workspaces}`,
  ];
  return asks.filter((ask): ask is string => typeof ask === 'string');
}
