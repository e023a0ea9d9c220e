import { createHash } from 'node:crypto';

// It holds nothing but what carries events to the hook's script and its answers back: what they mean is decided by whatever
// callsheet is installed. It needs nothing installed, and opencode runs it in a process of its own making (Bun).
const CODE = String.raw`/* eslint-disable */
// Carries what happens in a session of opencode to callsheet, by the script callsheet/hook in git's folder.
// It does nothing where that is missing. Take it away: callsheet init --remove
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";

const WRITES = ["edit", "write", "apply_patch"];
const ASKED_BEFORE = [...WRITES, "read", "bash"];
const LIMIT_MS = 10000;

// opencode runs what stands both in a checkout and in a home twice, with the same objects.
const handled = (globalThis[Symbol.for("callsheet/hook")] ??= new WeakSet());
const isFirst = (object) => !handled.has(object) && handled.add(object);

const findHook = (directory) =>
  new Promise((resolve) => {
    const args = ["-C", directory, "rev-parse", "--path-format=absolute", "--git-common-dir"];
    execFile("git", args, (error, folder) => resolve(error ? undefined : folder.trimEnd() + "/callsheet/hook"));
  });

/** Runs the script. Resolves with how it has ended and what it has said; exit 0 without a word where it is missing. */
const run = (hook, directory, words) =>
  new Promise((resolve) => {
    if (!existsSync(hook)) return resolve({ code: 0, out: "", err: "" });
    const child = spawn(hook, ["opencode"], { cwd: directory, stdio: ["pipe", "pipe", "pipe"] });
    const said = { code: null, out: "", err: "" };
    const end = (code) => {
      clearTimeout(timer);
      resolve({ ...said, code });
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      end(null);
    }, LIMIT_MS);
    child.on("error", () => end(null));
    child.on("close", end);
    child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
    child.stdin.on("error", () => {});
    child.stdin.end(JSON.stringify(words));
  });

// What is no JSON is meant for the model as it stands.
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? {} : { hookSpecificOutput: { additionalContext: text.trim() } };
  }
};

const answerOf = ({ code, out, err }) => {
  if (code === 2) return { refused: err.trim() };
  if (code !== 0) return { failed: true };
  const { hookSpecificOutput: own, decision, reason, systemMessage: message } = parsed(out);
  if (decision === "block") return { refused: reason, message };
  if (own?.permissionDecision === "deny") return { refused: own.permissionDecisionReason, message };
  return { tell: own?.additionalContext, message };
};

// As opencode itself tells the model what no person has said.
const reminder = (text) =>
  "<system-reminder>\n" + text.replaceAll("</system-reminder", "< /system-reminder") + "\n</system-reminder>";

export const Callsheet = async ({ client, directory }) => {
  const hook = await findHook(directory);
  if (hook === undefined || !existsSync(hook)) return {};
  const roots = new Map(); // of each session, the one that it works for
  const begun = new Map(); // sessions that are registered
  const turns = new Map(); // of each session, who was asked last
  const waiting = new Map(); // what each session is to be told next
  const open = new Set(); // calls that were let through
  const sentBack = new Set();
  const interrupted = new Set();
  const underWay = new Set(); // questions that are not answered yet

  const rootOf = async (session) => {
    if (!roots.has(session)) {
      const { data } = await client.session.get({ path: { id: session } }).catch(() => ({}));
      roots.set(session, data?.parentID === undefined ? session : await rootOf(data.parentID));
    }
    return roots.get(session);
  };

  const askHook = async (event, session, more) => {
    const root = await rootOf(session);
    const subagent = root === session ? {} : { agent_id: session, agent_type: "subagent" };
    const words = { session_id: root, ...subagent, cwd: directory, hook_event_name: event, ...more };
    const answer = answerOf(await run(hook, directory, words));
    if (answer.message !== undefined)
      await client.tui.showToast({ body: { message: answer.message, variant: "warning" } }).catch(() => {});
    return answer;
  };

  const ask = (event, session, more) => {
    const answered = askHook(event, session, more);
    const isAnswered = () => underWay.delete(answered);
    underWay.add(answered);
    answered.then(isAnswered, isAnswered);
    return answered;
  };

  const keep = (session, text) => {
    if (text !== undefined) waiting.set(session, [...(waiting.get(session) ?? []), text]);
  };
  const take = (session) => {
    const text = (waiting.get(session) ?? []).join("\n\n");
    waiting.delete(session);
    return text;
  };

  const start = async (session, source) => keep(session, (await ask("SessionStart", session, { source })).tell);
  const begin = async (session) => {
    const root = await rootOf(session);
    if (!begun.has(root)) begun.set(root, start(root, "startup"));
    return begun.get(root);
  };
  const end = async (session) => {
    if (!begun.delete(session)) return;
    // The client goes on while a turn ends, to its own end as well: nothing comes after that of the session.
    await Promise.allSettled([...underWay]);
    await ask("SessionEnd", session, {});
  };

  const afterTool = async (tool, session, call) => {
    open.delete(session + "/" + call);
    const words = { tool_name: tool, tool_use_id: call };
    keep(session, (await ask("PostToolUse", session, words)).tell);
  };

  const atEndOfTurn = async (session) => {
    const root = await rootOf(session);
    const again = sentBack.delete(session);
    if (interrupted.delete(session) || !begun.has(root)) return;
    if (root !== session) return void (await ask("SubagentStop", session, { agent_type: "subagent" }));
    const { refused } = await ask("Stop", session, { stop_hook_active: again });
    if (refused === undefined) return;
    sentBack.add(session);
    const parts = [{ type: "text", text: reminder(refused), synthetic: true }];
    await client.session.promptAsync({ path: { id: session }, body: { ...turns.get(session), parts } });
  };

  const onEvent = {
    "session.created": ({ info }) => info.parentID === undefined && begin(info.id),
    "session.deleted": ({ info }) => end(info.id),
    "session.idle": ({ sessionID }) => atEndOfTurn(sessionID),
    "session.compacted": ({ sessionID }) => begun.has(sessionID) && start(sessionID, "compact"),
    "session.error": ({ sessionID, error }) => {
      if (error?.name === "MessageAbortedError") interrupted.add(sessionID);
    },
    // A call that fails has no other end.
    "message.part.updated": ({ part }) => {
      if (part.type !== "tool" || part.state.status !== "error") return;
      if (open.has(part.sessionID + "/" + part.callID)) return afterTool(part.tool, part.sessionID, part.callID);
    },
  };

  return {
    event: async ({ event }) => {
      if (Object.hasOwn(onEvent, event.type) && isFirst(event.properties)) await onEvent[event.type](event.properties);
    },
    "chat.message": async ({ sessionID }, output) => {
      if (!isFirst(output)) return;
      await begin(sessionID);
      const { message, parts } = output;
      turns.set(sessionID, { agent: message.agent, model: message.model });
      interrupted.delete(sessionID);
      const said = parts.filter((part) => part.type === "text" && !part.synthetic).map((part) => part.text);
      if (said.length > 0)
        keep(sessionID, (await ask("UserPromptSubmit", sessionID, { prompt: said.join("\n") })).tell);
      const [text, last] = [take(sessionID), parts.at(-1)];
      if (text === "" || last === undefined) return;
      // Parts are told to the model in the order of their names.
      const own = { id: last.id + "z", sessionID, messageID: last.messageID };
      parts.push({ ...own, type: "text", text: reminder(text), synthetic: true });
    },
    "tool.execute.before": async ({ tool, sessionID, callID }, output) => {
      if (!ASKED_BEFORE.includes(tool) || !isFirst(output)) return;
      await begin(sessionID);
      const words = { tool_name: tool, tool_use_id: callID, tool_input: output.args };
      const { refused, failed } = await ask("PreToolUse", sessionID, words);
      if (refused !== undefined) throw new Error(refused);
      if (failed && WRITES.includes(tool))
        throw new Error("callsheet: not written, because the guard could not answer. Find out why: callsheet doctor");
      open.add(sessionID + "/" + callID);
    },
    "tool.execute.after": async ({ tool, sessionID, callID }, output) => {
      if (!isFirst(output)) return;
      await begin(sessionID);
      await afterTool(tool, sessionID, callID);
      const isText = typeof output.output === "string";
      if (!isText && !Array.isArray(output.content)) return;
      const text = take(sessionID);
      if (text === "") return;
      if (isText) output.output += "\n\n" + reminder(text);
      else output.content.push({ type: "text", text: reminder(text) });
    },
    "experimental.session.compacting": async ({ sessionID }, output) => {
      if (!isFirst(output)) return;
      await begin(sessionID);
      const { tell } = await ask("PreCompact", sessionID, {});
      if (tell !== undefined) output.context.push(tell);
    },
    dispose: async () => void (await Promise.all([...begun.keys()].map(end))),
  };
};
`;

/** Its first line names the rest, so that what a person has changed is known from what an earlier callsheet wrote. */
const MARK = /^\/\/ callsheet\/hook for opencode, ([0-9a-f]{16})\n/;

/** What `init` writes as a plugin of opencode. */
export const OPENCODE_PLUGIN = `// callsheet/hook for opencode, ${nameOf(CODE)}\n${CODE}`;

/** Whether a file is our plugin as this version wants it, as another has written it, or was changed by somebody since. */
export function stateOfPlugin(text: string): 'current' | 'old' | 'changed' {
  const plain = text.replaceAll('\r\n', '\n');
  if (plain === OPENCODE_PLUGIN) return 'current';
  const [first = '', name] = MARK.exec(plain) ?? [];
  return name !== undefined && name === nameOf(plain.slice(first.length)) ? 'old' : 'changed';
}

function nameOf(code: string): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}
