import { findAgent, type Agent } from '../agent/index.js';
import type { Policy } from '../config/index.js';
import { appendEvent } from '../event/index.js';
import { newestWrite, openCall, workOf } from '../write/index.js';
import { relative, sep } from 'node:path';
import { NOTHING, type Answer, type Guard, type Step } from './guard.js';
import { noteRead } from './before-read.js';
import { isLead, leadMayNotRun } from './lead.js';
import { policyOf } from './policy.js';
import { shownPath } from './refusal.js';
import { dangersIn, type Danger } from './shell-dangers.js';
import { shownBy } from './shell-reads.js';
import { beforeShellWrite } from './before-shell-write.js';
import { writtenBy } from './shell-writes.js';
import { shellCommands } from './shell-words.js';
import { firstStanding } from './standing.js';
import { sweep } from './sweep.js';
import { targetOf } from './target.js';
import { uncommitted } from './uncommitted.js';
import { isLive } from './who.js';

/** A command that is going to run in a shell. */
export interface ShellIntent {
  callId: string;
  command: string;
}

/**
 * Lets a command pass, unless it would throw away what others have at work in the same checkout. What it shows counts
 * as seen; what it writes is found at the agent's next step.
 */
export async function beforeShell(
  guard: Guard,
  step: Step,
  { callId, command }: ShellIntent,
): Promise<Answer> {
  const here = targetOf(guard.commonDir, step.cwd, '.callsheet-here');
  if (here.where !== 'checkout') return NOTHING;
  const { checkout } = here;
  const commands = shellCommands(command);
  if (await isLead(guard.store, step.agent)) {
    const found = await leadMayNotRun(guard, commands, step.cwd);
    if (found !== undefined) return refuseLead(guard, step, found);
  }
  const warnings: string[] = [];
  for (const danger of dangersIn(commands, step.cwd)) {
    const other = await whoseWork(guard, step.agent, checkout, danger);
    if (other === undefined) continue;
    if (other.policy !== 'warn') return refuse(guard, step, { danger, ...other });
    warnings.push(dangerText(danger, other).replace(': not run.', ': take care.'));
  }
  await sweep(guard, checkout);
  for (const { path, whole } of shownBy(commands, step.cwd)) await noteRead(guard, step, path, whole, callId);
  await guard.store.transaction(async (tx) =>
    openCall(tx, {
      ...{ agentId: step.agent.id, callId, kind: 'shell', checkout, path: '', before: '' },
      writeSeq: await newestWrite(tx),
    }),
  );
  for (const [index, file] of writtenBy(commands, step.cwd).entries())
    await beforeShellWrite(guard, step, `${callId}#${index}`, file);
  return warnings.length === 0 ? NOTHING : { refused: false, tell: warnings.join('\n\n') };
}

async function refuseLead(
  { store }: Guard,
  { agent }: Step,
  { what, reason }: { what: string; reason: string },
): Promise<Answer> {
  const data = { paths: [], what, why: 'lead' };
  await store.transaction((tx) => appendEvent(tx, { type: 'shell.refused', agentId: agent.id, data }));
  return { refused: true, reason };
}

interface OthersWork {
  other: Agent;
  path: string;
  policy: Policy;
}

/** The newest work of others that a command would throw away, where the policy has something to say of it. */
async function whoseWork(
  guard: Guard,
  self: Agent,
  checkout: string,
  { paths }: Danger,
): Promise<OthersWork | undefined> {
  const { store } = guard;
  const found: OthersWork[] = [];
  for (const { agentId, path } of await workOf(store, checkout, self.parentId ?? self.id)) {
    if (paths !== undefined && !paths.some((each) => isAtOrBelow(`${checkout}/${path}`, each))) continue;
    const policy = await policyOf(guard, { checkout, path });
    if (policy === 'cowboy' || policy === 'off') continue;
    const other = await findAgent(store, agentId);
    if (other !== undefined && (await isLive(store, other))) found.push({ other, path, policy });
  }
  return firstStanding(guard, checkout, await uncommitted(checkout, found));
}

function isAtOrBelow(file: string, folder: string): boolean {
  const inside = relative(folder, file);
  return inside === '' || (inside !== '..' && !inside.startsWith(`..${sep}`));
}

async function refuse(
  { store }: Guard,
  { agent }: Step,
  { danger, other, path, policy }: OthersWork & { danger: Danger },
): Promise<Answer> {
  await store.transaction((tx) =>
    appendEvent(tx, {
      type: 'shell.refused',
      agentId: agent.id,
      data: { paths: [path], what: danger.what, other: other.name },
    }),
  );
  return { refused: true, reason: dangerText(danger, { other, path, policy }) };
}

function dangerText(danger: Danger, { other, path }: OthersWork): string {
  return [
    `callsheet: not run. \`${danger.what}\` would throw away work of ${other.name}, who is at work in this checkout (${shownPath(path)}).`,
    `${danger.instead}. If it has to be: ask ${other.name}, or the person.`,
  ].join('\n');
}
