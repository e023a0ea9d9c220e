import { describeProblem } from '../plan/index.js';
import { formatDuration, oneLine, plainText } from '../text/index.js';
import type { Proposal } from './proposal.js';

const MOST_LISTED = 40;

/** The plan as a person reads it before agreeing: order, width, critical path, overlaps, commands. */
export function describeProposal(proposal: Proposal): string {
  const { tasks, shape, options } = proposal;
  const lines: string[] = [];
  if (proposal.goal !== undefined) lines.push(`Goal: ${oneLine(plainText(proposal.goal), 200)}`);
  lines.push(`${tasks.length} task${tasks.length === 1 ? '' : 's'}, ${options.workers} worker${options.workers === 1 ? '' : 's'}, at most ${shape.width} at once; critical path ${formatDuration(shape.criticalPath.ms)}: ${short(shape.criticalPath.ids, ' → ')}`);
  lines.push('', ...taskLines(proposal), '');
  lines.push(`agent  ${options.agent}`);
  lines.push(`gate   ${options.gate ?? 'none: what merges lands untested (--gate CMD)'}`);
  lines.push(`setup  ${options.setup ?? (proposal.proposedSetup === undefined ? 'none' : `none; the lock file suggests \`setup: ${proposal.proposedSetup}\` in the plan or callsheet.config.yaml`)}`);
  for (const { one, other, paths } of shape.overlaps.slice(0, 10)) {
    lines.push(`overlap: ${one} and ${other} may both write ${short(paths, ', ')}`);
  }
  for (const warning of proposal.warnings) lines.push(`note: ${describeProblem(warning)}`);
  return lines.join('\n');
}

function taskLines({ tasks, shape }: Proposal): string[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const width = Math.min(30, Math.max(...tasks.map((task) => task.id.length)));
  const lines = shape.order.slice(0, MOST_LISTED).map((id, index) => {
    const task = byId.get(id);
    const after = task === undefined || task.after.length === 0 ? '' : `  after ${task.after.join(', ')}`;
    return `${String(index + 1).padStart(3)}  ${id.padEnd(width)}  ${oneLine(plainText(task?.title ?? ''), 60)}${after}`;
  });
  if (tasks.length > MOST_LISTED) lines.push(`     and ${tasks.length - MOST_LISTED} more`);
  return lines;
}

function short(items: readonly string[], separator: string): string {
  return items.length <= 8 ? items.join(separator) : `${items.slice(0, 8).join(separator)}${separator}… (${items.length})`;
}
