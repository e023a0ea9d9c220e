import type { Report, ReportedTask } from '../../supervisor/index.js';
import { formatDuration, oneLine, plainText } from '../../text/index.js';

/** A report as a terminal shows it. */
export function reportText(report: Report): string {
  const done = report.tasks.filter((task) => task.state === 'done').length;
  const cost = report.costUsd > 0 ? `, ${report.costUsd.toFixed(2)} USD` : '';
  const lines = [`${report.run} ${report.state}: ${done} of ${report.tasks.length} tasks complete in ${formatDuration(report.elapsedMs)}${cost}.`];
  if (report.reason !== undefined) lines.push(oneLine(plainText(report.reason), 300));
  lines.push('', ...table(report.tasks));
  for (const { task, with: others, paths, resolution, state } of report.conflicts) {
    lines.push('', `conflict: ${task} with ${others.join(', ') || 'the new base'} in ${paths.join(', ')}: ${resolution === undefined ? state : `${state}, ${resolution.slice(0, 60)}`}`);
  }
  for (const { path, why } of report.workspaces) lines.push('', `kept: ${path} (${why})`);
  lines.push('', ...nextLines(report));
  return lines.join('\n');
}

function table(tasks: ReportedTask[]): string[] {
  const rows = tasks.map((task) => [
    task.id,
    task.state,
    task.commit?.slice(0, 10) ?? '',
    gateOf(task),
    task.attempts.map((each) => `${each.agent} ${formatDuration(each.ms)}${each.outcome === 'landed' ? '' : ` ${each.outcome}`}`).join(', '),
  ]);
  const header = ['TASK', 'STATE', 'COMMIT', 'GATE', 'ATTEMPTS'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [header, ...rows].map((row) => row.map((cell, column) => (column === header.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd());
  const reasons = tasks.flatMap((task) => reasonsOf(task));
  return reasons.length === 0 ? lines : [...lines, '', ...reasons];
}

function gateOf({ gate }: ReportedTask): string {
  if (gate === undefined) return '';
  return `${gate.green ? 'green' : 'red'}${gate.flaky ? ' (flaky)' : ''}`;
}

/** Why attempts did not land, and what changed under those that did. */
function reasonsOf(task: ReportedTask): string[] {
  const tries = task.attempts
    .filter((each) => each.reason !== undefined)
    .map((each) => `${task.id} attempt ${each.attempt}: ${oneLine(plainText(each.reason ?? ''), 160)}`);
  const premises = task.premises.map(({ path, changedBy }) => `${task.id} relied on ${path}, changed meanwhile by ${changedBy.join(', ') || 'another landing'}`);
  return [...tries, ...premises];
}

function nextLines(report: Report): string[] {
  if (report.landedInto !== undefined) return [`It is in ${report.landedInto}.`];
  const lines: string[] = [];
  for (const task of report.tasks) {
    if (task.state === 'failed') lines.push(`Try again:     callsheet task retry ${task.id}`);
  }
  if (report.state !== 'finished') lines.push(`Carry on:      callsheet resume ${report.run}`);
  lines.push(`See the work:  git log --first-parent ${report.integrationBranch}`);
  lines.push(`Take it over:  callsheet land ${report.run} --into ${report.baseBranch}`);
  return lines;
}
