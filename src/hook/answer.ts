import { noteIdle, noteSign, type Agent } from '../agent/index.js';
import {
  afterTools,
  endSession,
  endSubagent,
  findSession,
  giveBackTasks,
  greeting,
  KEEP_IN_SUMMARY,
  keepSummary,
  noteInstructions,
  NOTHING,
  onPrompt,
  onStop,
  ownPicture,
  startSession,
  type Answer,
  type Guard,
  type Step,
} from '../guard/index.js';
import { leaveNotice } from '../notice/index.js';
import { defined } from '../store/index.js';
import { afterTurn } from '../team/index.js';
import { inputOf, type Client } from './client.js';
import type { HookInput } from './input.js';
import { CARRIERS, noteRead, withMail } from './mail.js';
import { inClientsWords, type Asked } from './output.js';
import { partOfClient } from './part.js';
import { resumedSession } from './fork.js';
import { endedCalls } from './results.js';
import { INSTRUCTIONS } from './instructions.js';
import { SILENT, type HookAnswer, type HookPlace } from './place.js';
import { markRegistered, markTeam, SESSION_ID, unmarkRegistered } from './sessions.js';
import { beforeTool } from './tool.js';

/**
 * Answers one hook of a client. An event that is not known, and one of a session that was never registered, has no
 * opinion: it exits 0 and prints nothing.
 * @param body What the client wrote to the hook's standard input.
 */
export async function answerHook(place: HookPlace, client: Client, body: string): Promise<HookAnswer> {
  const input = inputOf(client, body);
  const sessionId = input.text('session_id') ?? '';
  const event = input.text('hook_event_name') ?? '';
  if (!SESSION_ID.test(sessionId)) return SILENT;
  if (event === 'SessionStart')
    return inClientsWords({ client, event }, await onStart(place, client, sessionId, input));
  const subagentId = input.text('agent_id');
  // The one that writes a summary at a compaction has an id, and never begins.
  if (event === 'SubagentStop' && input.text('agent_type') === '') return SILENT;
  const agent = await findSession(
    place.guard,
    defined({
      client,
      sessionId,
      subagentId: subagentId === undefined || SESSION_ID.test(subagentId) ? subagentId : undefined,
    }),
  );
  if (agent === undefined) return SILENT;
  const step: Step = { agent, cwd: input.text('cwd') ?? '/' };
  await sign(place, agent);
  await noteAtWork(place, agent, event);
  if (event === 'SessionEnd') return onEnd(place, step, sessionId);
  await noteRead(place, agent, event);
  return inWords(place, agent, { client, event }, await onEvent(place, step, event, input));
}

/** The answer with what waits for the agent. */
async function inWords(place: HookPlace, agent: Agent, asked: Asked, answer: Answer): Promise<HookAnswer> {
  if (!CARRIERS.has(asked.event)) return inClientsWords(asked, await saidNow(place, agent, asked, answer));
  const words = await withMail(place, agent, asked, answer);
  return asked.event === 'Stop' && words.stdout === '' ? atEndOfTurn(place, agent, asked) : words;
}

/** A session of a team goes on as long as there is something for it to do. */
async function atEndOfTurn({ guard: { store } }: HookPlace, agent: Agent, asked: Asked): Promise<HookAnswer> {
  const next = await afterTurn(store, agent);
  return next === undefined ? SILENT : inClientsWords(asked, { refused: true, reason: next });
}

/** The events by which a session shows that it is at work. */
const AT_WORK: ReadonlySet<string> = new Set([
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolBatch',
]);

async function noteAtWork({ guard: { store } }: HookPlace, agent: Agent, event: string): Promise<void> {
  if (agent.idleSince === undefined || !AT_WORK.has(event)) return;
  await store.transaction((tx) => noteIdle(tx, agent.id, undefined));
}

async function onStart(
  { guard, client: asker }: HookPlace,
  client: Client,
  sessionId: string,
  input: HookInput,
): Promise<Answer> {
  const process = asker?.();
  const part = partOfClient(process);
  const isFork = input.text('source') === 'fork';
  const fork = isFork ? { of: process === undefined ? undefined : resumedSession(process) } : undefined;
  const session = defined({ client, sessionId, process, model: input.text('model'), part, fork });
  const { agent, isNew } = await startSession(guard, session);
  markRegistered(guard.sheetFolder, sessionId);
  await noteInstructions(guard, { agent, cwd: input.text('cwd') ?? '/' }, INSTRUCTIONS[client]);
  markTeam(guard.sheetFolder, agent);
  const tell = isNew ? await greeting(guard, agent) : await ownPicture(guard, agent);
  return { refused: false, tell };
}

/** Clients wait little for this answer: what takes longer is done when it has left. */
async function onEnd({ guard, keep }: HookPlace, step: Step, sessionId: string): Promise<HookAnswer> {
  await endSession(guard, step);
  unmarkRegistered(guard.sheetFolder, sessionId);
  return { ...SILENT, sent: () => giveBackTasks(guard, step.agent, async () => keep?.(step.cwd)) };
}

type Handler = (guard: Guard, step: Step, input: HookInput) => Promise<Answer>;

/** What each event of a client is to the guard. An event that is not here has no opinion. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  PreToolUse: (guard, step, input) =>
    beforeTool(guard, step, {
      tool: input.text('tool_name') ?? '',
      input: input.object('tool_input'),
      callId: input.text('tool_use_id') ?? 'call',
    }),
  PostToolBatch: (guard, step, input) => afterTools(guard, step, endedCalls(input.list('tool_calls'))),
  // Codex, Gemini CLI and opencode have no event for a whole step.
  PostToolUse: (guard, step, input) =>
    afterTools(
      guard,
      step,
      defined({ callId: input.flag('is_one_of_many') ? input.text('tool_use_id') : undefined }),
    ),
  UserPromptSubmit: (guard, step, input) => onPrompt(guard, step, input.text('prompt') ?? ''),
  Stop: (guard, step, input) => onStop(guard, step, { again: input.flag('stop_hook_active') }),
  PreCompact: async () => ({ refused: false, tell: KEEP_IN_SUMMARY }),
  async PostCompact(guard, step, input) {
    await keepSummary(guard, step, input.text('compact_summary') ?? '');
    return NOTHING;
  },
  async SubagentStop(guard, step) {
    await endSubagent(guard, step);
    return NOTHING;
  },
};

async function onEvent({ guard }: HookPlace, step: Step, event: string, input: HookInput): Promise<Answer> {
  const handler = Object.hasOwn(HANDLERS, event) ? HANDLERS[event] : undefined;
  return handler === undefined ? NOTHING : handler(guard, step, input);
}

/** The clients that tell their model nothing before a tool: it is told after it. */
const SILENT_BEFORE: ReadonlySet<Client> = new Set(['gemini', 'opencode']);

/** What can be said at once; what cannot is kept for the next answer that can. */
async function saidNow(
  { guard: { store } }: HookPlace,
  agent: Agent,
  { client, event }: Asked,
  answer: Answer,
): Promise<Answer> {
  if (!SILENT_BEFORE.has(client) || event !== 'PreToolUse' || answer.refused) return answer;
  const { tell: text } = answer;
  if (text !== undefined)
    await store.transaction((tx) =>
      leaveNotice(tx, agent.id, { topic: `call:${store.chance.token()}`, text }),
    );
  return NOTHING;
}

/** Written at most once in a while: a sign of life is no reason to write at every step. */
const SIGN_EVERY_MS = 10_000;

async function sign({ guard: { store } }: HookPlace, agent: Agent): Promise<void> {
  if (store.clock.now() - agent.lastSignAt < SIGN_EVERY_MS) return;
  await store.transaction((tx) => noteSign(tx, agent.id));
}
