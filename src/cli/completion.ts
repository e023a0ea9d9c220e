import { usageError } from '../error/index.js';
import { flagOf, OPERATIONS, type AnyOperation, type Fields } from '../operations/index.js';
import { BUILT_INS, groups, wordsOf } from './find-command.js';
import { GLOBALS } from './globals.js';

const SHELLS = { bash, zsh, fish };

/** A script that completes the names of commands and options; made of the table, it needs nothing at run time. */
export function completionFor(shell: string | undefined): string {
  const script = Object.entries(SHELLS).find(([name]) => name === shell)?.[1];
  if (script !== undefined) return script();
  throw usageError(
    'SHELL_UNKNOWN',
    `Completions are made for bash, zsh and fish${shell === undefined ? '' : `, not for “${shell.slice(0, 40)}”`}.`,
    'For bash: callsheet completion bash >> ~/.bashrc',
  );
}

function firstWords(): string[] {
  const singles = OPERATIONS.filter(({ name }) => !name.includes('.')).map(({ name }) => name);
  return [...groups(), ...singles, ...BUILT_INS];
}

function secondWords(group: string): string[] {
  return OPERATIONS.filter(({ name }) => name.startsWith(`${group}.`)).map(({ name }) =>
    name.slice(group.length + 1),
  );
}

function optionsOf(operation: AnyOperation): string[] {
  const fields: Fields = { ...operation.input, ...GLOBALS };
  return Object.entries(fields)
    .filter(([, { positional }]) => positional !== true)
    .map(([name, field]) => `--${flagOf(name, field)}`);
}

/** Cases of a shell's `case` over the words typed so far. */
function cases(): string {
  const lines = [
    ...groups().map((group) => `    "${group}") words="${secondWords(group).join(' ')}" ;;`),
    ...OPERATIONS.map((each) => `    "${wordsOf(each)}"*) words="${optionsOf(each).join(' ')}" ;;`),
  ];
  return lines.join('\n');
}

function bash(): string {
  return `_callsheet() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" typed="\${COMP_WORDS[*]:1:COMP_CWORD-1}"
  case "$typed" in
    "") words="${firstWords().join(' ')}" ;;
${cases()}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _callsheet callsheet`;
}

function zsh(): string {
  return `#compdef callsheet
_callsheet() {
  local words_of="" typed="\${(j: :)words[2,CURRENT-1]}" words=""
  case "$typed" in
    "") words="${firstWords().join(' ')}" ;;
${cases()}
  esac
  compadd -- \${(s: :)words}
}
compdef _callsheet callsheet`;
}

function fish(): string {
  const first = `complete -c callsheet -f -n __fish_use_subcommand -a "${firstWords().join(' ')}"`;
  const second = groups().map((group) => {
    const words = secondWords(group).join(' ');
    return `complete -c callsheet -f -n "__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${words}" -a "${words}"`;
  });
  return [first, ...second].join('\n');
}
