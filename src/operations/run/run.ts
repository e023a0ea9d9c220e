import { resolve } from 'node:path';
import { CallsheetError } from '../../error/index.js';
import { lastSeq } from '../../event/index.js';
import type { Preflight, Proposal, RunWishes } from '../../supervisor/index.js';
import { defineOperation, LEADERS, type Context } from '../operation.js';
import { defined } from '../../store/index.js';
import { agree } from './consent.js';
import { exitOf, pursueAndShow, type RunOutput } from './pursue.js';
import { reportText } from './report-text.js';

interface DryRun {
  type: 'proposal';
  text: string;
  tasks: string[];
  workers: number;
  warnings: string[];
}

export const run = defineOperation({
  name: 'run',
  rights: LEADERS,
  help: 'Run a plan: agents work in worktrees of their own, what passes the gate lands on callsheet/<run>/main',
  examples: [
    'callsheet run --plan plan.yaml --agent "command:my-agent" --gate "npm test"',
    'callsheet run --plan plan.yaml --dry-run',
  ],
  input: {
    goal: { kind: 'text', positional: true, help: 'What the run is for; overrides the goal of the plan' },
    plan: { kind: 'text', help: 'The plan file (YAML or JSON); without it the tasks that wait in the sheet', placeholder: 'FILE' },
    workers: { kind: 'integer', short: 'w', min: 1, max: 64, help: 'How many agents at once (3)', placeholder: 'N' },
    agent: { kind: 'text', help: 'How an agent is run: command:CMD or scripted:FILE', placeholder: 'DRIVER' },
    model: { kind: 'text', help: 'The model for agents that take one ($CALLSHEET_MODEL)', placeholder: 'M' },
    gate: { kind: 'text', help: 'The command that must pass on the merged tree before anything lands', placeholder: 'CMD' },
    into: { kind: 'text', help: 'Land into this branch at the end', placeholder: 'BRANCH' },
    yes: { kind: 'flag', help: 'Agree to the commands of the plan and start without asking' },
    dryRun: { kind: 'flag', help: 'Show what would be done, and do nothing' },
    withChanges: { kind: 'flag', help: 'Uncommitted changes of the checkout are part of the base' },
    allowRedBase: { kind: 'flag', help: 'Start although the gate fails on the base' },
  },
  async run(context, input): Promise<RunOutput | DryRun> {
    const { beginRun, commandsOf, describeProposal, preflight, propose, refusalOf } = await import('../../supervisor/index.js');
    const { store, folder } = context.sheet;
    const repository = await context.repository();
    const { goal, plan, workers, agent, model, gate, into, ...flags } = input;
    const named = { goal, workers, agent, model, gate, into, plan: plan === undefined ? undefined : resolve(context.cwd, plan) };
    const wishes: RunWishes = { ...flags, ...defined(named) };
    const { proposal, problem } = await propose(store, repository, wishes).then(
      (made) => ({ proposal: made, problem: undefined }),
      (error: unknown) => ({ proposal: undefined, problem: error }),
    );
    if (proposal === undefined) throw problem;
    const found = await preflight(repository, proposal.options, context.cwd);
    await warn(context, found, wishes.withChanges);
    if (wishes.dryRun) return dryRun(proposal, found, describeProposal(proposal));
    if (found.obstacles.length > 0 || found.driver === undefined || found.head === undefined) throw refusalOf(found.obstacles);
    context.say(`${describeProposal(proposal)}\n`);
    await agree(context, [...commandsOf(proposal), ...found.repositoryCommands], wishes.yes);
    const since = await lastSeq(store);
    const site = await beginRun({
      store,
      repository,
      sheetFolder: folder,
      proposal,
      head: found.head,
      withChanges: wishes.withChanges,
      by: context.actor.name,
      signal: context.signal,
      say: (line) => context.say(line),
    });
    return pursueAndShow(context, site, found.driver, since);
  },
  show: (output) => (output.type === 'proposal' ? output.text : reportText(output)),
  exit: (output) => (output.type === 'proposal' ? 'done' : exitOf(output)),
});

async function warn(context: Context, found: Preflight, withChanges: boolean): Promise<void> {
  for (const warning of found.warnings) context.say(`note: ${warning}`);
  const repository = await context.repository();
  if (repository.isBare || withChanges) return;
  const { tracked, untracked } = await repository.status(repository.root);
  const count = tracked.length + untracked.length;
  if (count > 0) {
    context.say(`note: ${count} uncommitted file${count === 1 ? ' is' : 's are'} not in the base; commit first, or give --with-changes.`);
  }
}

function dryRun(proposal: Proposal, found: Preflight, text: string): DryRun {
  const obstacles = found.obstacles.map((each) => `obstacle: ${each.message}\n  → ${each.hint}`);
  if (obstacles.length > 0) {
    throw new CallsheetError('PREFLIGHT', `${text}\n\n${obstacles.join('\n')}\nNothing was started.`, { data: found.obstacles });
  }
  return {
    type: 'proposal',
    text: `${text}\n\nNothing was started (--dry-run).`,
    tasks: proposal.shape.order,
    workers: proposal.options.workers,
    warnings: [...found.warnings, ...proposal.warnings.map((each) => each.message)],
  };
}
