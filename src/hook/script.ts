import { WRITING_TOOLS } from './tool-names.js';

/** What the script needs to know of this installation. */
export interface ScriptPlaces {
  /** The Node that callsheet runs on, absolute. */
  node: string;
  /** The lean entry (`dist/hook.cjs`), absolute. */
  entry: string;
}

/**
 * At each start V8 draws primes for the hash of its strings, until they fit: in the middle a tenth of what Node takes to
 * start, four times that at worst. It draws what this number makes it draw, and these fit early. What else a hook draws
 * is the same each time, but for secrets; and text that is made to have equal hashes would be slow to look up in it.
 */
const QUICK_SEED = 16;

/** The longest answer of a server that is read, and the longest request that it is asked with, in bytes. */
const LONGEST_ANSWER = 4_000_000;
const LONGEST_REQUEST = 1_500_000;

/**
 * The text of `<sheet folder>/hook`: a client runs it as `hook CLIENT` with its words on standard input. It asks the
 * server that `<sheet folder>/server` names, else the lean entry. It is plain `sh` that becomes bash where there is
 * one, and needs no other process then: bash can read, parse and speak HTTP by itself. Without bash it asks with curl.
 */
export function hookScript({ node, entry }: ScriptPlaces): string {
  const values: Record<string, string> = {
    NODE: quoted(node),
    ENTRY: quoted(entry),
    TOOLS: [...WRITING_TOOLS].join(' | '),
    ANSWER: String(LONGEST_ANSWER),
    REQUEST: String(LONGEST_REQUEST),
    SEED: String(QUICK_SEED),
  };
  return SCRIPT.replace(/@([A-Z]+)@/g, (whole, name: string) => values[name] ?? whole);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Text as it is written, but that `\\${` stands for what only the shell replaces. */
function shell(text: TemplateStringsArray): string {
  return text.raw.join('').replaceAll('\\${', '${');
}

// Keys are looked for before "tool_input" only: what an agent writes may hold anything that looks like one. Inside a
// JSON string every quote has a backslash before it, so `"key":"` is a key of the client.
const COMMON = shell`#!/bin/sh
# Carries one hook of a coding agent to callsheet, whose init wrote this file: hook CLIENT, its words on standard input.
# With "wait" behind it, it waits beside a session of a team for something to wake it with; with "fail-open" a failure is
# to hold back nothing. It says nothing and exits 0 where callsheet is not installed any more, and for sessions that were
# never registered.
node=@NODE@
entry=@ENTRY@
[ -f "$entry" ] || exit 0
# An agent of a run: it works in a checkout of its own, and lands what it has done.
[ -z "$CALLSHEET_TOKEN" ] || exit 0
[ -x "$node" ] || node=$(command -v node) || exit 0
here=\${0%/*}
# Where the entry really is init has found out.
options='--random-seed=@SEED@ --preserve-symlinks-main'
# Whoever says "bash" has started it as that, or is another script in between.
[ "$2" != bash ] || [ -n "$BASH_VERSION" ] || set -- "$1" "$3"
# Nobody need look at the words, nor at how the entry ends, and no bash is started for that.
[ "$2" != fail-open ] || [ -f "$here/server" ] || exec "$node" $options "$entry" "$1" "$PPID" "$here" fail-open
if [ "$2" != bash ] && command -v bash >/dev/null 2>&1; then exec bash -p "$0" "$1" bash "$2"; fi

client=$1
what=$2
[ "$2" != bash ] || what=$3
LC_ALL=C

# Sets "value" to that of a key of the client's own, not of what an agent wrote.
value_of() {
  value=
  case $head in
    *"\"$1\":\""*) value=\${head#*"\"$1\":\""} ;;
    *"\"$1\": \""*) value=\${head#*"\"$1\": \""} ;;
    *) return 1 ;;
  esac
  value=\${value%%\"*}
}

is_registered() {
  value_of hook_event_name
  [ "$value" = SessionStart ] && return 0
  # Whoever parses it finds out: keys may stand in another order one day.
  value_of session_id || return 0
  case $value in
    '' | *[!A-Za-z0-9_-]*) return 1 ;;
  esac
  [ -f "$here/sessions/$value" ]
}

# A session that only prints would not end before its hooks; whoever drives one by a program waits for itself.
wait_if_of_team() {
  case $CLAUDE_CODE_ENTRYPOINT in sdk*) exit 0 ;; esac
  value_of session_id || exit 0
  [ -f "$here/sessions/$value.waits" ] || exit 0
  printf '%s' "$body" | "$node" "$entry" "$client" "$PPID" "$here" wait
  exit $?
}

# The server's port, secret, answering secret and process id; none where it has gone.
find_server() {
  { read -r port && read -r secret && read -r proof && read -r pid; } 2>/dev/null <"$here/server" || return 1
  case $port$pid in *[!0-9]*) return 1 ;; esac
  case $secret$proof in *[!0-9a-f]*) return 1 ;; esac
  kill -0 "$pid" 2>/dev/null
}

# give_answer HEAD TEXT: prints the answer and exits, when it is the server's: a port can be taken over by others.
give_answer() {
  case $1 in 'HTTP/1.1 200 '*"$newline""X-Callsheet-Proof: $proof$newline"*) ;; *) return 1 ;; esac
  case $1 in
    *"$newline"'X-Callsheet-Exit: 0'"$newline"*) printf '%s' "$2"; exit 0 ;;
    *"$newline"'X-Callsheet-Exit: 2'"$newline"*) printf '%s' "$2" >&2; exit 2 ;;
  esac
  return 1
}

# Without a server: what it exits with, if that is an answer; else a tool that writes is not let through unguarded.
ask_entry() {
  printf '%s' "$body" | "$node" $options "$entry" "$client" "$PPID" "$here"
  status=$?
  case $status in 0 | 2) exit "$status" ;; esac
  value_of hook_event_name
  case $value in PreToolUse | BeforeTool) ;; *) exit 0 ;; esac
  value_of tool_name
  case $value in
    @TOOLS@) ;;
    *) exit 0 ;;
  esac
  echo "callsheet: not written, because the guard could not answer (it ended with $status). Find out why: callsheet doctor. Without the guard: callsheet init --remove" >&2
  exit 2
}
`;

const WITHOUT_BASH = shell`
if [ "$2" != bash ]; then
  body=$(cat)
  head=\${body%%'"tool_input"'*}
  is_registered || exit 0
  [ "$what" != wait ] || wait_if_of_team
  newline=$(printf '\r\n_') newline=\${newline%_}
  if find_server && command -v curl >/dev/null 2>&1; then
    answer=$(printf '%s' "$body" | curl -q -s -i --noproxy '*' --max-time 5 --max-filesize @ANSWER@ --data-binary @- \
      -H @/dev/fd/3 "http://127.0.0.1:$port/hook/$client" 3<<END
Authorization: Bearer $secret
X-Callsheet-Client-Pid: $PPID
Content-Type: application/json
Expect:
END
      [ $? = 0 ] && printf .
    ) && answer=\${answer%.} && give_answer "\${answer%%"$newline$newline"*}$newline" "\${answer#*"$newline$newline"}"
  fi
  ask_entry
fi
`;

const WITH_BASH = shell`
# From here on it is bash, though perhaps as sh: there what cannot be opened would end it. What fits into one read needs no
# other process.
set +o posix
IFS= read -r -N 65536 body 2>/dev/null
case $? in
  0) body+=$(cat) ;;
  1) ;;
  *) body=$(cat) ;; # an old bash, which has no -N
esac
head=\${body:0:16384}
head=\${head%%'"tool_input"'*}
is_registered || exit 0
[ "$what" != wait ] || wait_if_of_team
newline=$'\r\n'

ask_server() {
  local answer status
  find_server && ((\${#body} <= @REQUEST@)) || return 1
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
  printf '%s' "POST /hook/$client HTTP/1.1\${newline}Host: 127.0.0.1:$port\${newline}Authorization: Bearer $secret\${newline}" \
    "X-Callsheet-Client-Pid: $PPID\${newline}Content-Type: application/json\${newline}" \
    "Content-Length: \${#body}\${newline}Connection: close$newline$newline" "$body" 2>/dev/null >&3
  IFS= read -r -t 5 -N @ANSWER@ answer 2>/dev/null <&3
  status=$?
  ((status == 2)) && IFS= read -r -t 5 -d '' answer <&3
  ((status > 128)) && return 1
  local answer_head=\${answer%%"$newline$newline"*}$newline text=\${answer#*"$newline$newline"}
  [[ $answer_head == *"\${newline}Content-Length: \${#text}$newline"* ]] || return 1
  give_answer "$answer_head" "$text"
}

# A server that closes early must not end this process.
trap '' PIPE
ask_server
exec 3>&-
trap - PIPE
ask_entry
`;

const SCRIPT = COMMON + WITHOUT_BASH + WITH_BASH;
