import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { usageError } from '../../error/index.js';
import { lastSeq } from '../../event/index.js';
import { boundedGit } from '../../git/index.js';
import type { RunWishes } from '../../supervisor/index.js';
import { holdYoungGeneration } from '../../process/index.js';
import { withoutConsent } from '../../run/index.js';
import { defined } from '../../store/index.js';
import type { InputOf } from '../fields.js';
import { defineOperation, LEADERS, type Context } from '../operation.js';
import { agree } from './consent.js';
import { exitOf, pursueAndShow, type RunOutput } from './pursue.js';
import { proposalDocument, type ProposalDocument } from './proposal-document.js';
import { reportText } from './report-text.js';
import { tell } from './tell.js';

const INPUT = {
  goal: { kind: 'text', positional: true, help: 'What the run is for; overrides the goal of the plan' },
  plan: {
    kind: 'text',
    help: 'The plan file (YAML or JSON); without it the tasks that wait in the sheet',
    placeholder: 'FILE',
  },
  workers: {
    kind: 'integer',
    short: 'w',
    min: 1,
    max: 64,
    help: 'How many agents at once (3)',
    placeholder: 'N',
  },
  agent: { kind: 'text', help: 'How an agent is run: command:CMD or scripted:FILE', placeholder: 'DRIVER' },
  model: { kind: 'name', help: 'The model for agents that take one ($CALLSHEET_MODEL)', placeholder: 'M' },
  gate: {
    kind: 'text',
    help: 'The command that must pass on the merged tree before anything lands',
    placeholder: 'CMD',
  },
  into: { kind: 'name', help: 'Land into this branch at the end', placeholder: 'BRANCH' },
  yes: {
    kind: 'flag',
    help: 'Agree to what the plan and the repository would run, and start without asking',
  },
  dryRun: { kind: 'flag', help: 'Show what would be done, and do nothing' },
  withChanges: { kind: 'flag', help: 'Uncommitted changes of the checkout are part of the base' },
  allowRedBase: { kind: 'flag', help: 'Start although the gate fails on the base' },
} as const;

// The largest checkouts on slow disks take a minute to be looked at when nothing of them is cached.
const LOOK_LIMIT_MS = 5 * 60_000;

interface DryRun extends ProposalDocument {
  /** As a person reads it. */
  text: string;
}

export const run = defineOperation({
  name: 'run',
  rights: LEADERS,
  help: 'Run a plan: agents work in worktrees of their own, what passes the gate lands on callsheet/<run>/main',
  examples: [
    'callsheet run --plan plan.yaml --agent "command:my-agent" --gate "npm test"',
    'callsheet run --plan plan.yaml --agent "command:my-agent" --dry-run',
  ],
  input: INPUT,
  async run(context, input): Promise<RunOutput | DryRun> {
    if (!input.dryRun) holdYoungGeneration();
    const { beginRun, describeProposal, preflight, propose, refusalOf } =
      await import('../../supervisor/index.js');
    const { store, folder } = context.sheet;
    const repository = await context.repository();
    const wishes = wishesOf(context, input);
    requireNoPlanAsGoal(context, wishes);
    const { proposal, obstacles, found } = await boundedGit(
      { signal: context.signal, limitMs: LOOK_LIMIT_MS },
      async () => {
        const { options, ...proposed } = await propose(store, repository, wishes);
        return { ...proposed, found: await preflight(repository, options, wishes) };
      },
    );
    const { driver, head } = found;
    for (const warning of found.warnings) tell(context, `note: ${warning}`);
    const text = proposal === undefined ? '' : describeProposal(proposal);
    const all = [...obstacles, ...found.obstacles];
    const isRefused = all.length > 0 || proposal === undefined || driver === undefined || head === undefined;
    // What a dry run finds is its answer; else it is shown on the way.
    if (proposal !== undefined && (isRefused || !wishes.dryRun)) tell(context, `${text}\n`);
    if (isRefused) throw refusalOf(all);
    const asks = [...proposal.asks, ...found.repositoryCommands];
    const document = proposalDocument(proposal, found.warnings, asks);
    if (wishes.dryRun) return { ...document, text };
    await agree(context, asks, wishes.yes);
    const since = await lastSeq(store);
    const { withChanges } = wishes;
    const site = await beginRun({
      ...{ store, repository, proposal, head, withChanges },
      sheetFolder: folder,
      by: context.actor.name,
      signal: context.signal,
      say: (line) => tell(context, line),
    });
    return pursueAndShow(context, site, driver, { since, first: document });
  },
  show: (output) =>
    output.type === 'proposal' ? `${output.text}\n\nNothing was started (--dry-run).` : reportText(output),
  exit: (output) => (output.type === 'proposal' ? 'done' : exitOf(output)),
});

function wishesOf({ cwd, sheet, actor }: Context, input: InputOf<typeof INPUT>): RunWishes {
  const { goal, plan, workers, agent, model, gate, into, ...flags } = input;
  const file = plan === undefined ? undefined : resolve(cwd, plan);
  const planName = file === undefined ? undefined : nearName(cwd, file);
  const hasAgreedTo = async (commands: readonly string[]): Promise<boolean> =>
    (flags.yes && actor.role === 'human') || (await withoutConsent(sheet.store, commands)).length === 0;
  return {
    ...flags,
    cwd,
    hasAgreedTo,
    ...defined({ goal, workers, agent, model, gate, into, plan: file, planName }),
  };
}

/** A file as one would write it here; far away, its full path. */
function nearName(cwd: string, file: string): string {
  const near = relative(cwd, file);
  return near.startsWith('../..') ? file : near;
}

/** A plan's file named as if it were the goal would be run as nothing, or as the goal of other tasks. */
function requireNoPlanAsGoal({ cwd }: Context, { goal, plan }: RunWishes): void {
  if (goal === undefined || plan !== undefined || !/\.(ya?ml|json)$/i.test(goal)) return;
  if (!existsSync(resolve(cwd, goal))) return;
  throw usageError(
    'PLAN_AS_GOAL',
    `“${goal}” is a file, and was given as the goal. Nothing was started.`,
    `Give it as the plan: --plan ${goal}`,
  );
}
