/** By this a hook of ours is known, of whatever version. */
const MARK = '# callsheet git guard';

/** What a hook that was there before ours is called from then on. */
export const BEFORE = 'pre-commit.before-callsheet';

/**
 * The hook: the same in every repository, with nothing of this machine in it, and without effect where callsheet is
 * not set up. What was there before comes first, and what that refuses is refused.
 * @param starter What starts a hook that git would not start by itself, such as `sh -e `; empty: it is a program.
 */
export function hookText(starter: '' | 'sh -e '): string {
  const test = starter === '' ? '-x' : '-f';
  return `#!/bin/sh
${MARK}: refuses the commit of an agent that takes along what another is at work on. The hook that was
# here before is ${BEFORE}. Taken away by: callsheet init --remove
d="\${0%/*}"
if [ ${test} "$d/${BEFORE}" ]; then ${starter}"$d/${BEFORE}" "$@" || exit $?; fi
[ -z "$CALLSHEET_SCRATCH" ] || exit 0
c="$(git rev-parse --git-common-dir 2>/dev/null)" || exit 0
[ -x "$c/callsheet/git-hook" ] || exit 0
exec "$c/callsheet/git-hook" pre-commit
`;
}

export function isOurs(text: string): boolean {
  return text.startsWith(`#!/bin/sh\n${MARK}`);
}

/** The program that answers, and what starts it. Absolute. */
export interface Program {
  node: string;
  entry: string;
}

/** In the sheet's folder: where callsheet is on this machine. Without effect when it is not there any more. */
export function starterText({ node, entry }: Program, madeFolder: boolean): string {
  return `#!/bin/sh
# Written by callsheet init: starts what answers git's hooks.
${madeFolder ? `${MADE}\n` : ''}node=${quoted(node)}
entry=${quoted(entry)}
[ -f "$entry" ] || exit 0
[ -x "$node" ] || node="$(command -v node)" || exit 0
exec "$node" "$entry" "$@"
`;
}

/** Says that git's folder of hooks was made for ours. */
const MADE = '# The folder of hooks was made with it.';

export function saysFolderWasMade(text: string): boolean {
  return text.includes(`\n${MADE}\n`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
