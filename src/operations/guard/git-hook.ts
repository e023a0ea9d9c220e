import { relative } from 'node:path';
import {
  applyGitGuard,
  planGitGuard,
  planGitGuardRemoval,
  type GitGuardChange,
  type GitGuardPlan,
} from '../../git-guard/index.js';
import type { Context } from '../operation.js';
import type { Plan } from './plan.js';
import { scriptPlace } from './script.js';

/** What becomes of git's pre-commit hook. */
export interface GitHookChanges {
  plan: GitGuardPlan;
  /** For people, one line each. */
  lines: string[];
  notes: string[];
}

const NOTHING: GitHookChanges = { plan: { changes: [] }, lines: [], notes: [] };

/** git asks before each commit where clients are set up; it does so no more when the last of them is taken out. */
export async function planGitHook(
  context: Context,
  { changes }: Plan,
  isRemoval: boolean,
): Promise<GitHookChanges> {
  const script = scriptPlace(context.sheet.folder);
  const isScriptThere = changes.some(({ place }) => place.base === script.base && place.path === script.path);
  if (!isScriptThere) return NOTHING;
  const repository = await context.repository();
  const plan = isRemoval ? await planGitGuardRemoval(repository) : await planGitGuard(repository);
  const said = plan.obstacle ?? plan.question;
  return {
    plan,
    lines: plan.changes.map((change) => shown(change, context.sheet.root)),
    notes: said === undefined ? [] : [`git's pre-commit hook: ${said}`],
  };
}

export async function applyGitHook({ plan }: GitHookChanges): Promise<void> {
  await applyGitGuard(plan);
}

function shown(change: GitGuardChange, root: string): string {
  const path = relative(root, change.path);
  switch (change.kind) {
    case 'write':
      return `${path} is written (git asks callsheet before a commit)`;
    case 'move':
      return `${path} becomes ${relative(root, change.to)}, and is run first`;
    default:
      return `${path} is removed`;
  }
}
