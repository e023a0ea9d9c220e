/** What the hook script must know of this installation. */
export interface HookProgram {
  /** The Node that runs callsheet, absolute. */
  node: string;
  /** The program that answers a hook, absolute. */
  entry: string;
}

/**
 * The text of `<sheet folder>/hook`, which the clients' settings start for every event. Sessions that are not
 * registered pass, and so does everything once callsheet is gone from this machine; where the program fails, only tools
 * that write are held back.
 */
export function hookScript({ node, entry }: HookProgram): string {
  return `#!/usr/bin/env bash
# Made by: callsheet init. Taken away by: callsheet init --remove
client="\${1:-claude}"
node=${quoted(node)}
entry=${quoted(entry)}
here="\${BASH_SOURCE[0]%/*}"
body="$(cat)"
pick() { [[ "$body" =~ \\"$1\\"[[:space:]]*:[[:space:]]*\\"([A-Za-z0-9_-]+)\\" ]] && picked="\${BASH_REMATCH[1]}"; }
picked=""; pick hook_event_name; event="$picked"
picked=""; pick session_id; session="$picked"
[ "$event" = SessionStart ] || { [ -n "$session" ] && [ -e "$here/sessions/$session" ]; } || exit 0
[ -f "$entry" ] || exit 0
[ -x "$node" ] || node="$(command -v node)" || exit 0
answer="$("$node" "$entry" "$client" "$PPID" <<<"$body")"
code=$?
if [ "$code" = 0 ] || [ "$code" = 2 ]; then
  [ -z "$answer" ] || printf '%s\\n' "$answer"
  exit "$code"
fi
picked=""; pick tool_name
case "$event $picked" in
  "PreToolUse Edit" | "PreToolUse Write" | "PreToolUse MultiEdit" | "PreToolUse NotebookEdit" | "PreToolUse apply_patch")
    echo "callsheet could not look at this write, so it was held back: see callsheet doctor" >&2
    exit 2 ;;
esac
exit 0
`;
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
