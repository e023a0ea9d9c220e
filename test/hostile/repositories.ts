import { accepted, refused, type Row } from './row.js';

const RUN = ['run', '--plan', '../plan.yaml', '--agent', 'command:true'];
const SAVE = ['task', 'checkpoint', 'task-3', '--attempt', '2', '--done', 'a', '--next', 'b'];
const TOUCH = 'touch {canary}; cat';
const WITH_FILTER = { '.gitattributes': '* filter=evil merge=evil diff=evil\n', 'a.txt': 'other\n' };

/** A setting of the repository that makes git run something: asked for, by each command that would have git run it. */
const asked = (what: string, args: readonly string[], key: string, value = TOUCH): Row => ({
  what,
  args,
  given: { files: WITH_FILTER, gitConfig: { [key]: value } },
  ...refused('CONSENT_NEEDED', 3, `git config ${key}: ${value}`),
});

/** A checkout that is the folder of somebody else. */
const elsewhere = (what: string, args: readonly string[]): Row => ({
  what,
  args,
  given: { gitConfig: { 'core.worktree': '{outside}' } },
  ...refused('BROKEN_REPOSITORY', 3, '{outside}'),
});

/** A file that git opens whatever it is asked, and of which it would wait for a writer. */
const pipe = (path: string, args: readonly string[] = RUN): Row => ({
  what: `a pipe for ${path}: ${args[0] ?? ''}`,
  args,
  given: { removed: [path], fifos: [path], brokenBy: path },
  ...refused('BROKEN_REPOSITORY', 3, path),
});

/** A setting that is never followed. */
const unheard = (
  what: string,
  gitConfig: Readonly<Record<string, string>>,
  args: readonly string[] = SAVE,
): Row => ({
  what,
  args,
  given: { files: { 'a.txt': 'other\n', '.gitattributes': '* diff=evil\n' }, gitConfig },
  ...accepted(),
});

/** Repositories that bring more than files: their own configuration, attributes, links, and folders that lead elsewhere. */
export const REPOSITORIES: readonly Row[] = [
  asked('a clean filter, in a run', RUN, 'filter.evil.clean'),
  { ...asked('a smudge filter, in a run', RUN, 'filter.evil.smudge'), process: true },
  asked('a filter process, in a run', RUN, 'filter.evil.process'),
  asked('a merge driver, in a run', RUN, 'merge.evil.driver'),
  asked('hooks, in a run', RUN, 'core.hookspath', '{outside}'),
  asked('a monitor, in a run', RUN, 'core.fsmonitor'),
  asked('attributes elsewhere, in a run', RUN, 'core.attributesfile', '{outside}/secret.txt'),
  asked('an ssh, in a run', RUN, 'core.sshcommand'),
  elsewhere('another checkout, in a run', RUN),
  asked('an external diff, in a run', RUN, 'diff.external'),
  asked('a textconv, in a run', RUN, 'diff.evil.textconv'),
  asked('a remote that runs something, in a run', RUN, 'remote.origin.uploadpack'),
  asked('a helper for passwords, in a run', RUN, 'credential.helper', '!touch {canary}'),
  asked('a clean filter, when a checkpoint is saved', SAVE, 'filter.evil.clean'),
  asked('a clean filter, when a run is landed', ['land', 'run-1'], 'filter.evil.clean'),
  asked('a merge driver, when a run is landed', ['land', 'run-1'], 'merge.evil.driver'),
  asked(
    'a smudge filter, when a file is brought back',
    ['undo', 's-1', '--file', 'saved.txt'],
    'filter.evil.smudge',
  ),
  asked(
    'a smudge filter, when files are written elsewhere',
    ['undo', 's-1', '--to', '../restored'],
    'filter.evil.smudge',
  ),
  asked('a clean filter, when workspaces are removed', ['clean'], 'filter.evil.clean'),
  asked('a clean filter, when a run goes on', ['resume', 'run-1'], 'filter.evil.clean'),
  elsewhere('another checkout, when a checkpoint is saved', SAVE),
  {
    what: 'a clean filter, when a task is completed with a gate',
    as: 'worker',
    args: ['task', 'complete', 'task-3'],
    given: { config: 'gate: "true"\n', gitConfig: { 'filter.evil.clean': TOUCH } },
    ...refused('CONSENT_NEEDED', 3, 'gate: true'),
  },
  {
    what: 'a clean filter, in a dry run',
    args: [...RUN, '--dry-run'],
    given: { files: WITH_FILTER, gitConfig: { 'filter.evil.clean': TOUCH } },
    ...accepted('filter.evil.clean'),
  },
  {
    what: 'a configuration from elsewhere',
    args: RUN,
    given: {
      files: { '../outside/evil.config': '[filter "evil"]\n\tclean = touch {canary}\n', ...WITH_FILTER },
      gitConfig: { 'include.path': '{outside}/evil.config' },
    },
    ...refused('FOREIGN_CONFIG', 3, 'filter.evil.clean'),
  },
  {
    what: 'a configuration from elsewhere, when a checkpoint is saved',
    args: SAVE,
    given: {
      files: { '../outside/evil.config': '[filter "evil"]\n\tclean = touch {canary}\n', ...WITH_FILTER },
      gitConfig: { 'include.path': '{outside}/evil.config' },
    },
    process: true,
    ...refused('FOREIGN_CONFIG', 3, 'filter.evil.clean'),
  },
  {
    what: 'a configuration of the checkout',
    args: RUN,
    given: {
      files: { 'evil.config': '[merge "evil"]\n\tdriver = touch {canary}\n', ...WITH_FILTER },
      gitConfig: { 'include.path': '../evil.config' },
    },
    ...refused('FOREIGN_CONFIG', 3, 'merge.evil.driver'),
  },
  unheard('a signature that runs something', {
    'commit.gpgsign': 'true',
    'gpg.program': 'touch {canary}',
    'log.showSignature': 'true',
    'merge.verifySignatures': 'true',
  }),
  unheard('an editor and a pager', {
    'core.editor': 'touch {canary}',
    'core.pager': 'touch {canary}',
    'sequence.editor': 'touch {canary}',
  }),
  unheard('aliases of commands', {
    'alias.status': '!touch {canary}',
    'alias.update-index': '!touch {canary}',
    'alias.write-tree': '!touch {canary}',
  }),
  unheard('garbage collection at once', {
    'gc.auto': '1',
    'gc.pruneExpire': 'now',
    'maintenance.auto': 'true',
  }),
  unheard('a trailer that runs something', { 'trailer.x.command': 'touch {canary}', 'trailer.x.key': 'x' }),
  unheard(
    'quotes and colours',
    {
      'core.quotePath': 'true',
      'color.ui': 'always',
      'status.relativePaths': 'true',
      'diff.noprefix': 'true',
    },
    ['task', 'diff', 'hello'],
  ),
  {
    what: 'hooks in the repository',
    args: SAVE,
    given: {
      files: Object.fromEntries(
        ['post-index-change', 'pre-commit', 'post-checkout', 'reference-transaction'].map((name) => [
          `.git/hooks/${name}`,
          '#!/bin/sh\ntouch {canary}\n',
        ]),
      ),
    },
    ...accepted(),
  },
  { ...pipe('.gitignore'), process: true },
  pipe('.gitignore', SAVE),
  pipe('.gitattributes', ['land', 'run-1']),
  pipe('.gitattributes', SAVE),
  pipe('.git/info/exclude'),
  pipe('.git/info/exclude', ['undo', 's-1']),
  pipe('.git/info/attributes', SAVE),
  pipe('.git/packed-refs', SAVE),
  {
    what: 'attributes that are a device without an end',
    args: SAVE,
    given: { links: { '.git/info/attributes': '/dev/zero' }, brokenBy: '.git/info/attributes' },
    ...refused('BROKEN_REPOSITORY', 3, '.git/info/attributes'),
  },
  {
    what: 'exclusions that are turned off',
    args: SAVE,
    given: { files: { '.git/info/x': '' }, links: { '.git/info/exclude': '/dev/null' } },
    ...accepted(),
  },
  {
    what: '.git that names nothing',
    args: ['-C', 'sub', 'status'],
    given: { files: { 'sub/.git': 'gitdir: {outside}/none' } },
    ...refused('BROKEN_REPOSITORY', 3, 'outside/none'),
  },
  {
    what: '.git that is no text of git',
    args: ['-C', 'sub', 'status'],
    given: { files: { 'sub/.git': '$(touch {canary})' } },
    process: true,
    ...refused('BROKEN_REPOSITORY', 3, 'sub/.git'),
  },
  {
    what: '.git of 10 MB',
    args: ['-C', 'sub', 'status'],
    given: { files: { 'sub/.git': `gitdir: ${'x'.repeat(10_000_000)}` } },
    ...refused('BROKEN_REPOSITORY', 3, 'sub/.git'),
  },
  {
    what: '.git with NUL',
    args: ['-C', 'sub', 'status'],
    given: { files: { 'sub/.git': 'gitdir: a\0b' } },
    ...refused('BROKEN_REPOSITORY', 3, 'sub/.git'),
  },
  {
    what: 'a common folder that is another repository',
    args: ['status'],
    given: {
      brokenBy: '.git/commondir',
      files: {
        '.git/commondir': '{outside}/git',
        '../outside/git/HEAD': 'ref: refs/heads/main',
        '../outside/git/objects/x': '',
      },
    },
    ...refused('BROKEN_REPOSITORY', 3, 'another repository'),
  },
  {
    what: 'a common folder that is none',
    args: ['status'],
    given: { brokenBy: '.git/commondir', files: { '.git/commondir': '/etc' } },
    process: true,
    ...refused('BROKEN_REPOSITORY', 3, '/etc'),
  },
  {
    what: 'a common folder with NUL',
    args: ['status'],
    given: { brokenBy: '.git/commondir', files: { '.git/commondir': 'a\0b' } },
    ...refused('BROKEN_REPOSITORY', 3, 'commondir'),
  },
  {
    what: 'a pointer to a store that is none',
    args: ['status'],
    given: { brokenBy: '.git/callsheet/store', files: { '.git/callsheet/store': 'file:///etc/passwd' } },
    ...refused('STORE_URL', 2, 'file:///etc/passwd'),
  },
];
