import { describeProblem } from '../plan/index.js';
import { formatDuration, oneLine, plainText } from '../text/index.js';
import type { Proposal } from './proposal.js';

const MOST_LISTED = 40;

/** The plan as a person reads it before agreeing: order, width, critical path, overlaps, commands. */
export function describeProposal(proposal: Proposal): string {
  const { tasks, shape, options } = proposal;
  const lines: string[] = [];
  if (proposal.goal !== undefined) lines.push(`Goal: ${shown(proposal.goal, 200)}`);
  lines.push(
    `${counted(tasks.length, 'task')}, ${counted(options.workers, 'worker')}, at most ${shape.width} at once`,
  );
  lines.push(
    `critical path ${formatDuration(shape.criticalPath.ms)}: ${short(shape.criticalPath.ids, ' → ')}`,
  );
  lines.push('', ...taskLines(proposal), '', ...optionLines(proposal));
  for (const { one, other, paths } of shape.overlaps.slice(0, 10)) {
    lines.push(
      `overlap: ${one} and ${other} may both write ${short(
        paths.map((path) => shown(path, 80)),
        ', ',
      )}`,
    );
  }
  if (shape.overlaps.length > 10) lines.push(`overlap: and ${shape.overlaps.length - 10} more pairs`);
  for (const warning of proposal.warnings) lines.push(`note: ${describeProblem(warning)}`);
  return lines.join('\n');
}

function optionLines({ options, proposedSetup }: Proposal): string[] {
  const setup =
    proposedSetup === undefined
      ? 'none'
      : `none; the lock file suggests \`setup: ${proposedSetup}\` in the plan or callsheet.config.yaml`;
  return [
    `agent  ${options.agent === '' ? 'none' : shown(options.agent, 300)}`,
    `gate   ${options.gate === undefined ? 'none: what merges lands untested (--gate CMD)' : shown(options.gate, 300)}`,
    `setup  ${options.setup === undefined ? setup : shown(options.setup, 300)}`,
    ...(options.into === undefined ? [] : [`into   ${options.into}, at the end`]),
  ];
}

function taskLines({ tasks, shape }: Proposal): string[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const width = Math.min(30, Math.max(...tasks.map((task) => task.id.length)));
  const lines = shape.order.slice(0, MOST_LISTED).map((id, index) => {
    const task = byId.get(id);
    const after = task === undefined || task.after.length === 0 ? '' : `  after ${short(task.after, ', ')}`;
    const group = tasks.some((each) => each.parent === id) ? '  (done when its children are)' : '';
    return `${String(index + 1).padStart(3)}  ${id.padEnd(width)}  ${shown(task?.title ?? '', 44)}${after}${group}`;
  });
  if (tasks.length > MOST_LISTED) lines.push(`     and ${tasks.length - MOST_LISTED} more`);
  return lines;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A plan may come from anybody: what it says must not play tricks on the terminal on which it is agreed to. */
function shown(text: string, maxChars: number): string {
  return oneLine(plainText(text), maxChars);
}

function short(items: readonly string[], separator: string): string {
  return items.length <= 8
    ? items.join(separator)
    : `${items.slice(0, 8).join(separator)}${separator}… (${items.length})`;
}
