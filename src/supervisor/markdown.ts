import { formatDuration, oneLine, plainText } from '../text/index.js';
import type { Report, ReportedTask } from './report.js';

/** A report as Markdown, for a pull request or a file. What agents wrote is quoted. */
export function reportAsMarkdown(report: Report): string {
  const landed = report.tasks.filter((task) => task.state === 'done');
  const left = report.tasks.filter((task) => task.state !== 'done');
  const lines = [`# ${report.run}: ${landed.length} of ${report.tasks.length} tasks landed`, ''];
  if (report.goal !== undefined) lines.push(quoted(report.goal), '');
  lines.push(`${report.state}${report.reason === undefined ? '' : ` (${oneLine(plainText(report.reason), 300)})`}, ${formatDuration(report.elapsedMs)}, from \`${report.baseBranch}\` at \`${report.baseCommit.slice(0, 10)}\`, on \`${report.integrationBranch}\`.`);
  if (report.costUsd > 0) lines.push(`Cost: ${report.costUsd.toFixed(2)} USD.`);
  if (landed.length > 0) lines.push('', '## Landed', '', ...landed.flatMap(taskLines));
  if (left.length > 0) lines.push('', '## Left', '', ...left.flatMap(taskLines));
  if (report.conflicts.length > 0) lines.push('', '## Conflicts', '', ...report.conflicts.map(conflictLine));
  if (report.workspaces.length > 0) {
    lines.push('', '## Workspaces that are still there', '', ...report.workspaces.map((each) => `- \`${each.path}\`: ${each.why}`));
  }
  lines.push('', '## Take it over', '', ...takeOverLines(report));
  return `${lines.join('\n')}\n`;
}

function taskLines(task: ReportedTask): string[] {
  const tries = task.attempts.map((each) => `${each.attempt}: ${each.agent}, ${formatDuration(each.ms)}, ${each.outcome}${each.reason === undefined ? '' : ` (${oneLine(plainText(each.reason), 160)})`}`);
  const lines = [`### ${task.id}: ${oneLine(plainText(task.title), 100)}`, ''];
  if (task.state !== 'done') lines.push(`${task.state}${task.reason === undefined ? '' : `: ${oneLine(plainText(task.reason), 300)}`}`, '');
  if (task.summary !== undefined) lines.push(quoted(task.summary), '');
  if (task.commit !== undefined) lines.push(`- commit \`${task.commit.slice(0, 12)}\``);
  if (task.gate !== undefined) lines.push(`- gate \`${task.gate.command}\` ${task.gate.green ? 'green' : 'red'}${task.gate.flaky ? ', flaky' : ''} in ${formatDuration(task.gate.ms)}`);
  for (const { path, changedBy } of task.premises) lines.push(`- relied on \`${path}\`, which ${changedBy.join(', ') || 'another landing'} changed before it landed`);
  lines.push(...tries.map((each) => `- attempt ${each}`), '');
  return lines;
}

function conflictLine(conflict: Report['conflicts'][number]): string {
  const against = conflict.with.length === 0 ? 'the new base' : conflict.with.join(', ');
  return `- ${conflict.task} with ${against} in ${conflict.paths.join(', ')}: ${conflict.resolution ?? conflict.state}`;
}

/** What to do next, as commands. */
export function takeOverLines(report: Report): string[] {
  if (report.landedInto !== undefined) return [`It is in \`${report.landedInto}\`.`];
  const lines = [`    callsheet land ${report.run} --into ${report.baseBranch}`, '', `or by hand: \`git merge ${report.integrationBranch}\``];
  return report.state === 'finished' ? lines : [`    callsheet resume ${report.run}`, '', ...lines];
}

function quoted(text: string): string {
  return plainText(text)
    .trim()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}
