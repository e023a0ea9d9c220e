import { appendEvent } from '../event/index.js';
import { oneLine, plainText } from '../text/index.js';
import { newestWrite, openCall } from '../write/index.js';
import { NOTHING, type Answer, type Guard, type Step } from './guard.js';
import { atRisk, type AtRisk } from './at-risk.js';
import { AtWork } from './at-work.js';
import { beforeLockedWrite, type InTheWay } from './before-locked-write.js';
import { noteRead } from './before-read.js';
import { beforeShellWrites } from './before-shell-write.js';
import type { Content } from './content.js';
import type { Danger } from './danger.js';
import { isLead, leadMayNotRun } from './lead.js';
import { movedTo } from './moved-to.js';
import { shownPath } from './refusal.js';
import { shellCommands, type ShellCommand } from './shell-commands.js';
import { dangersIn } from './shell-dangers.js';
import { shownBy } from './shell-reads.js';
import { writtenBy } from './shell-writes.js';
import { sweep } from './sweep.js';
import { targetOf } from './target.js';

/** A command that is going to run in a shell. */
export interface ShellIntent {
  callId: string;
  command: string;
}

/** As many folders of a line as are looked at. */
const MOST_FOLDERS = 10;
/** What git says names the file, however long that is. */
const LONGEST_PROBLEM = 500;

/**
 * Lets a command pass, unless it would throw away what others have at work in the checkout in which it acts. What it
 * shows counts as seen; what it writes is found at the agent's next step.
 */
export async function beforeShell(
  guard: Guard,
  step: Step,
  { callId, command }: ShellIntent,
): Promise<Answer> {
  const commands = shellCommands(command, step.cwd);
  if (await isLead(guard.store, step.agent)) {
    const found = await leadMayNotRun(guard, commands, step.cwd);
    if (found !== undefined) return refuseLead(guard, step, found);
  }
  const warnings: string[] = [];
  const others = new AtWork(guard.store, step.agent.parentId ?? step.agent.id);
  for (const danger of dangersIn(commands)) {
    const found = await atRisk(guard, others, danger);
    if (found === undefined) continue;
    if (found.policy !== 'warn') return refuse(guard, step, danger, found);
    warnings.push(dangerText(guard, step, danger, found).replace(': not run.', ': take care.'));
  }
  const written = [...writtenBy(commands), ...(await movedTo(guard, step, commands))];
  const locked = await beforeLockedWrite(guard, step, written);
  if (locked !== undefined && locked.policy !== 'warn') return refuseLocked(guard, step, locked);
  if (locked !== undefined) warnings.push(locked.text.replace(': not run.', ': take care.'));
  for (const { path, whole } of shownBy(commands)) await noteRead(guard, step, path, whole && isText, callId);
  await beforeShellWrites(guard, step, callId, written);
  // As late as can be: while it waits for others it is not the one who writes.
  await open(guard, step, callId, runsIn(guard, step, commands));
  return warnings.length === 0 ? NOTHING : { refused: false, tell: warnings.join('\n\n') };
}

async function refuseLocked({ store }: Guard, { agent }: Step, { path, text }: InTheWay): Promise<Answer> {
  const data = { paths: [path], what: 'a write', why: 'locked' };
  await store.transaction((tx) => appendEvent(tx, { type: 'shell.refused', agentId: agent.id, data }));
  return { refused: true, reason: text };
}

/** The checkouts of the repository in which a line runs. */
function runsIn({ commonDir }: Guard, { cwd }: Step, commands: readonly ShellCommand[]): string[] {
  const folders = new Set([cwd, ...commands.flatMap(({ folder }) => folder ?? [])]);
  const checkouts = [...folders].slice(0, MOST_FOLDERS).flatMap((folder) => {
    const here = targetOf(commonDir, folder, '.callsheet-here');
    return here.where === 'checkout' ? [here.checkout] : [];
  });
  return [...new Set(checkouts)];
}

/** What is there is looked at, so that what changes from now on may be this command's. */
async function open(
  guard: Guard,
  { agent }: Step,
  callId: string,
  checkouts: readonly string[],
): Promise<void> {
  if (checkouts.length === 0) return;
  for (const checkout of checkouts) await sweep(guard, checkout);
  await guard.store.transaction(async (tx) => {
    const writeSeq = await newestWrite(tx);
    for (const [index, checkout] of checkouts.entries())
      await openCall(tx, {
        ...{ agentId: agent.id, callId: index === 0 ? callId : `${callId}#in-${index}`, kind: 'shell' },
        ...{ checkout, path: '', before: '', writeSeq },
      });
  });
}

/** What is no text is not shown by what prints it. */
function isText({ bytes }: Content): boolean {
  return bytes?.includes(0) === false;
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

async function refuse(guard: Guard, step: Step, danger: Danger, found: AtRisk): Promise<Answer> {
  await guard.store.transaction((tx) =>
    appendEvent(tx, {
      type: 'shell.refused',
      agentId: step.agent.id,
      data: { paths: [found.path], what: danger.what, other: found.other.name },
    }),
  );
  return { refused: true, reason: dangerText(guard, step, danger, found) };
}

function dangerText(
  { commonDir }: Guard,
  { cwd }: Step,
  { what, harm, instead }: Danger,
  { other, checkout, path, problem }: AtRisk,
): string {
  const here = targetOf(commonDir, cwd, '.callsheet-here');
  const isHere = here.where === 'checkout' && here.checkout === checkout;
  const where = isHere ? 'this checkout' : shownPath(checkout);
  return [
    `callsheet: not run. \`${what}\` ${harm} ${other.name}, who is at work in ${where} (${shownPath(path)}).`,
    ...(problem === undefined
      ? []
      : [`Whether it would could not be told: ${oneLine(plainText(problem), LONGEST_PROBLEM)}`]),
    `${instead}. If it has to be: ask ${other.name}, or the person.`,
  ].join('\n');
}
