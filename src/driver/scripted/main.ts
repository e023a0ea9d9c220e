#!/usr/bin/env node
// The scripted agent: `scripted-agent.cjs SCRIPT TASK`. A process of its own, so that it can crash, hang and be killed
// as a real one.
import { messageOf } from '../../error/index.js';
import type { Step } from './action.js';
import type { Inbox } from './inbox.js';
import { openInbox } from './inbox.js';
import { perform } from './perform.js';
import type { StartOfWork } from './protocol.js';
import { say } from './say.js';
import { loadScript, stepsFor } from './script.js';

async function main([file = '', task = '']: string[]): Promise<void> {
  const script = await loadScript(file);
  const steps = stepsFor(script, task, Number(process.env['CALLSHEET_ATTEMPT'] ?? '1'));
  if (steps === undefined) throw new Error(`${file}: no steps for ${task}, and no default`);
  const inbox = openInbox(process.stdin);
  await follow(steps, file, inbox, await inbox.start);
}

async function follow(steps: Step[], file: string, inbox: Inbox, start: StartOfWork): Promise<void> {
  // A turn that ended names the step it goes on with.
  for (let index = Number(start.resume ?? '0'); index < steps.length; index += 1) {
    const step = steps[index];
    if (step === undefined) return;
    const resume = String(index + 1);
    // The answer may come before the command that asks has ended.
    const answer = step.action.step === 'ask' ? inbox.nextMessage() : undefined;
    const outcome = await inbox
      .interruptible((signal) => perform(step.action, { ...start, signal }))
      .catch((cause: unknown) => {
        throw new Error(`${file}:${step.line}: ${step.action.step}: ${messageOf(cause)}`, { cause });
      });
    if (step.action.step === 'fail') return;
    if (step.action.step === 'ask') say({ type: 'turn-end', resume });
    if (step.action.step === 'ask' && !step.action.waitForAnswer) return;
    if (outcome === 'interrupted') say({ type: 'turn-end', resume });
    if (outcome === 'interrupted' || answer !== undefined) await (answer ?? inbox.nextMessage());
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  },
);
