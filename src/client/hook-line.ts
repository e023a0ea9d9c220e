/**
 * The part of a hook's line that finds the script in git's folder, and starts it. Without the script nothing happens, so
 * that the line locks nobody out where callsheet is not installed.
 * @param folder What stands before `.git`: of the project, or nothing for the one the client is in.
 * @param what What the script is told behind the client: `wait`, or `fail-open` where a failure is to hold back nothing.
 */
export function hookLine(folder: string, client: string, what = ''): string {
  const git = folder === '' ? 'git' : `git -C "${folder}"`;
  const inside = folder === '' ? '' : `${folder}/`;
  const words = what === '' ? '' : ` ${what}`;
  // The script becomes bash by itself, where there is one: to be started as that spares a program. Where no server
  // answers it needs no bash for what may fail.
  const needsBash = what === 'fail-open' ? '[ -f "${h%hook}server" ] && command' : 'command';
  return [
    `h="${inside}.git/callsheet/hook"`,
    // The quick way first: asking git takes longer than the hook itself.
    `[ -x "$h" ] || h="$(${git} rev-parse --path-format=absolute --git-common-dir 2>/dev/null)/callsheet/hook"`,
    '[ -x "$h" ] || exit 0',
    `${needsBash} -v bash >/dev/null && exec bash -p "$h" ${client} bash${words}`,
    `exec "$h" ${client}${words}`,
  ].join('; ');
}
