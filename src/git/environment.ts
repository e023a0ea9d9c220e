import { delimiter, isAbsolute } from 'node:path';

/**
 * Settings that every call of git gets, whatever the user or the repository has configured: nothing of theirs is
 * run (hooks, file monitor, signing), nothing happens behind our back (garbage collection, submodules), and output
 * has one form.
 */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.safecrlf=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'commit.gpgSign=false',
  'log.showSignature=false',
  'i18n.commitEncoding=UTF-8',
  'i18n.logOutputEncoding=UTF-8',
  'merge.conflictStyle=merge',
  'trailer.separators=:',
  'submodule.recurse=false',
  'protocol.ext.allow=never',
];

/** Options before the subcommand. */
export const GIT_OPTIONS: readonly string[] = [
  '--no-pager',
  ...SETTINGS.flatMap((setting) => ['-c', setting]),
];

// Replace refs stay honoured: the agents' own git sees them too, and both must see one history.
const FIXED = {
  LC_ALL: 'C',
  LANGUAGE: '',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
};

/**
 * The environment git runs in: ours without any inherited `GIT_*` (a variable set by a hook or by a wrapper would
 * point git at another repository, index or identity), and with fixed language and no prompts.
 */
export function gitEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('GIT_')) env[name] = value;
  }
  return { ...env, ...pathOf(env), ...FIXED, ...extra };
}

/** Relative and empty entries mean the folder that git is started in: a file called `git` there is not git. */
function pathOf({ PATH }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return PATH === undefined
    ? {}
    : {
        PATH: PATH.split(delimiter)
          .filter((entry) => isAbsolute(entry))
          .join(delimiter),
      };
}
