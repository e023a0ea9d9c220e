import type { Report, ReportedTask } from '../../supervisor/index.js';
import { formatDuration, oneLine, plainText, tableOf, shownNames } from '../../text/index.js';
import type { RunOutput } from './pursue.js';

/** A report as a terminal shows it. */
export function reportText(report: Report & Pick<RunOutput, 'notLanded'>): string {
  const done = report.tasks.filter((task) => task.state === 'done').length;
  const cost = report.costUsd > 0 ? `, ${report.costUsd.toFixed(2)} USD` : '';
  const lines = [
    `${report.run} ${report.state}: ${done} of ${report.tasks.length} tasks complete in ${formatDuration(report.elapsedMs)}${cost}.`,
  ];
  if (report.reason !== undefined) lines.push(shown(report.reason, 300));
  if (report.baseGate === 'red') lines.push('The gate was red on the base already.');
  lines.push(
    '',
    tableOf([['TASK', 'STATE', 'TIME', 'COMMIT', 'GATE', 'ATTEMPTS'], ...report.tasks.map(rowOf)]),
  );
  section(lines, report.tasks.flatMap(summaryOf));
  section(lines, report.tasks.flatMap(remarksOn));
  section(lines, report.conflicts.map(conflictLine));
  section(
    lines,
    report.workspaces.map(({ path, why }) => `kept: ${path} (${shown(why, 160)})`),
  );
  section(lines, nextLines(report));
  return lines.join('\n');
}

function section(lines: string[], more: string[]): void {
  if (more.length > 0) lines.push('', ...more);
}

function rowOf(task: ReportedTask): string[] {
  const attempts = task.attempts.map(
    (each) =>
      `${each.agent} ${formatDuration(each.ms)}${each.outcome === 'landed' ? '' : ` ${each.outcome}`}`,
  );
  return [
    task.id,
    task.state,
    task.ms === undefined ? '' : formatDuration(task.ms),
    task.commit?.slice(0, 10) ?? '',
    task.gate === undefined ? '' : `${task.gate.green ? 'green' : 'red'}${task.gate.flaky ? ' (flaky)' : ''}`,
    attempts.join(', '),
  ];
}

/** What was done, in the words of who did it. */
function summaryOf({ id, summary }: ReportedTask): string[] {
  return summary === undefined ? [] : [`${id}: ${shown(summary, 160)}`];
}

/** What is left and why, why attempts did not land, and what changed under those that did. */
function remarksOn(task: ReportedTask): string[] {
  const isLeft = task.state !== 'done' && task.reason !== undefined;
  const left = isLeft ? [`${task.id} ${task.state}: ${shown(task.reason ?? '', 300)}`] : [];
  const tries = task.attempts
    .filter((each) => each.reason !== undefined && each.reason !== task.reason)
    .map((each) => `${task.id} attempt ${each.attempt}: ${shown(each.reason ?? '', 160)}`);
  const premises = task.premises.map(
    ({ path, changedBy }) =>
      `${task.id} relied on ${shown(path, 200)}, changed meanwhile by ${changedBy.join(', ') || 'another landing'}`,
  );
  const likely =
    task.gate?.likely === undefined
      ? []
      : [`the gate of ${task.id} was red, ${shown(task.gate.likely, 300)}`];
  return [...left, ...tries, ...likely, ...premises];
}

function conflictLine({ task, with: others, paths, resolution, state }: Report['conflicts'][number]): string {
  const end = resolution === undefined ? state : `${state}, ${shown(resolution, 80)}`;
  return `conflict: ${task} with ${others.join(', ') || 'the new base'} in ${shownNames(paths)}: ${end}`;
}

function nextLines({ landedInto, notLanded, next }: Report & Pick<RunOutput, 'notLanded'>): string[] {
  const there = landedInto === undefined ? [] : [`It is in ${landedInto}.`];
  const problem =
    notLanded === undefined
      ? []
      : [
          `Not landed: ${plainText(notLanded.message)}`,
          ...(notLanded.hint === undefined ? [] : [`hint: ${notLanded.hint}`]),
        ];
  const width = Math.max(0, ...next.map(({ what }) => what.length)) + 3;
  return [...there, ...problem, ...next.map(({ what, command }) => `${`${what}:`.padEnd(width)}${command}`)];
}

function shown(text: string, maxChars: number): string {
  return oneLine(plainText(text), maxChars);
}
