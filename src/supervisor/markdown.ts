import { formatDuration, oneLine, plainText } from '../text/index.js';
import type { Report, ReportedTask } from './report.js';

/** A report as Markdown, for a pull request or a file. What agents wrote is quoted. */
export function reportAsMarkdown(report: Report): string {
  const landed = report.tasks.filter((task) => task.state === 'done');
  const left = report.tasks.filter((task) => task.state !== 'done');
  const lines = [`# ${report.run}: ${landed.length} of ${report.tasks.length} tasks complete`, ''];
  if (report.goal !== undefined) lines.push(quoted(report.goal), '');
  lines.push(...overview(report));
  if (landed.length > 0) lines.push('', '## Done', '', ...landed.flatMap(taskLines));
  if (left.length > 0) lines.push('', '## Left', '', ...left.flatMap(taskLines));
  if (report.conflicts.length > 0) lines.push('', '## Conflicts', '', ...report.conflicts.map(conflictLine));
  if (report.workspaces.length > 0) {
    lines.push(
      '',
      '## Workspaces that are still there',
      '',
      ...report.workspaces.map((each) => `- ${code(each.path)}: ${text(each.why, 300)}`),
    );
  }
  lines.push('', '## What next', '', ...nextLines(report));
  // A section begins with one blank line, however the one before it ended.
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

function overview(report: Report): string[] {
  const why = report.reason === undefined ? '' : ` (${text(report.reason, 300)})`;
  const lines = [
    `${report.state}${why}, ${formatDuration(report.elapsedMs)}, from ${code(report.baseBranch)} at ${code(report.baseCommit.slice(0, 10))}, on ${code(report.integrationBranch)}.`,
  ];
  if (report.baseGate === 'red')
    lines.push('The gate was red on the base already, so red proves nothing against a task.');
  if (report.baseGate === 'flaky') lines.push('The gate was flaky on the base already.');
  if (report.costUsd > 0) lines.push(`Cost: ${report.costUsd.toFixed(2)} USD.`);
  return lines;
}

function taskLines(task: ReportedTask): string[] {
  const lines = [`### ${task.id}: ${text(task.title, 100)}`, ''];
  if (task.state !== 'done')
    lines.push(`${task.state}${task.reason === undefined ? '' : `: ${text(task.reason, 300)}`}`, '');
  if (task.summary !== undefined) lines.push(quoted(task.summary), '');
  if (task.commit !== undefined)
    lines.push(
      `- commit ${code(task.commit.slice(0, 12))}${task.paths.length === 0 ? '' : `: ${pathsOf(task)}`}`,
    );
  lines.push(...gateLines(task));
  for (const { path, changedBy } of task.premises)
    lines.push(
      `- relied on ${code(path)}, which ${changedBy.join(', ') || 'another landing'} changed before it landed`,
    );
  for (const each of task.attempts) {
    lines.push(
      `- attempt ${each.attempt}: ${each.agent}, ${formatDuration(each.ms)}, ${each.outcome}${each.reason === undefined ? '' : ` (${text(each.reason, 160)})`}`,
    );
  }
  return [...lines, ''];
}

function gateLines({ gate }: ReportedTask): string[] {
  if (gate === undefined) return [];
  const how = `${gate.green ? 'green' : 'red'}${gate.flaky ? ', flaky' : ''}`;
  const line = `- gate ${code(gate.command)} ${how} in ${formatDuration(gate.ms)}, on tree ${code(gate.tree.slice(0, 12))}`;
  return gate.likely === undefined ? [line] : [line, `- it was red ${text(gate.likely, 300)}`];
}

function pathsOf({ paths }: ReportedTask): string {
  return (
    paths.slice(0, 10).map(code).join(', ') + (paths.length > 10 ? `, and ${paths.length - 10} more` : '')
  );
}

function conflictLine(conflict: Report['conflicts'][number]): string {
  const against = conflict.with.length === 0 ? 'the new base' : conflict.with.join(', ');
  return `- ${conflict.task} with ${against} in ${conflict.paths.map(code).join(', ')}: ${text(conflict.resolution ?? conflict.state, 300)}`;
}

function nextLines(report: Report): string[] {
  const there = report.landedInto === undefined ? [] : [`It is in ${code(report.landedInto)}.`];
  return [...there, ...report.next.map(({ what, command }) => `- ${what}: ${code(command)}`)];
}

/** One line of what somebody else wrote: no markup of theirs counts. */
function text(said: string, maxChars: number): string {
  return oneLine(plainText(said), maxChars).replace(/[\\`*_[\]<>#|]/g, '\\$&');
}

/** A span of code needs more backticks around it than it has inside. */
function code(said: string): string {
  const line = oneLine(plainText(said), 300);
  if (!line.includes('`')) return `\`${line}\``;
  const fence = '`'.repeat(1 + Math.max(...(line.match(/`+/g) ?? ['']).map((run) => run.length)));
  return `${fence} ${line} ${fence}`;
}

function quoted(said: string): string {
  return plainText(said)
    .trim()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}
