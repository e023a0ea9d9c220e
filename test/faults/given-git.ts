import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A `git` for the PATH that does something before it hands over to the real one: `script` is shell, with the whole
 * command line in `$LINE`.
 */
export function givenGit(folder: string, script: string): Record<string, string> {
  const bin = join(folder, 'bin');
  const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'git'), `#!/bin/sh\nLINE="$*" GIT='${real}'\n${script}\nexec "$GIT" "$@"\n`);
  chmodSync(join(bin, 'git'), 0o755);
  return { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
}

/** Shell that does something once, before the first command line with these words. */
export function onceBefore(folder: string, words: string, action: string): string {
  return `case "$LINE" in *${words.replaceAll(' ', '\\ ')}*) if mkdir '${folder}/once' 2>/dev/null; then ${action}; fi;; esac`;
}
