import { oneLine, plainText, quoted, tableOf, shownNames } from '../../text/index.js';
import type { TaskDetails } from './show.js';

/** Everything about a task, for people. */
export function showTask(task: TaskDetails): string {
  return [
    `${task.id} ${task.state}: ${oneLine(plainText(task.title), 120)}`,
    tableOf(factsOf(task).filter(([, value]) => value !== '')),
    ...part('Spec', quoted(plainText(task.spec))),
    ...part('Result', resultOf(task)),
    ...part('Attempts', attemptsOf(task)),
    ...part('Checkpoint', checkpointOf(task)),
    ...part(
      'Conflicts',
      task.conflicts
        .map(
          (each) =>
            `  ${each.id} ${each.state}: ${shownNames(each.paths)} with ${each.otherTaskIds.join(', ') || 'the base'}`,
        )
        .join('\n'),
    ),
    ...part(
      'Snapshots',
      task.snapshots.map((each) => `  ${each.id}  ${each.createdAt}  ${oneLine(each.reason, 80)}`).join('\n'),
    ),
    ...part('Messages', messagesOf(task)),
  ].join('\n');
}

function part(title: string, body: string): string[] {
  return body === '' ? [] : ['', title, body];
}

function factsOf(task: TaskDetails): [string, string][] {
  return [
    ['  run', task.run ?? ''],
    ['  agent', task.claimedBy === undefined ? '' : `${task.claimedBy}, until ${task.leaseExpiresAt ?? ''}`],
    ['  why', oneLine(plainText(task.reason ?? ''), 300)],
    ['  kind', `${task.kind}, priority ${task.priority}`],
    ['  reviews', task.reviews ?? ''],
    ['  after', task.dependencies.map(({ id, state }) => `${id} (${state})`).join(', ')],
    ['  files', oneLine(shownNames(task.files), 300)],
    [
      '  locks',
      task.locks
        .map(({ id, paths, resources }) => `${id} ${shownNames([...paths, ...resources])}`)
        .join(', '),
    ],
    ['  gate', oneLine(plainText(task.gate ?? ''), 200)],
    ['  landed', task.landedAs ?? ''],
    ['  attempts', `${task.attempts.length}, ${task.failures} of ${task.maxAttempts} failed`],
  ];
}

function resultOf({ result }: TaskDetails): string {
  if (result === undefined) return '';
  const { summary, files, findings, commit, data } = result;
  return [
    quoted(plainText(summary)),
    ...(files.length === 0 ? [] : [`  files: ${oneLine(shownNames(files), 300)}`]),
    ...findings.map((finding) => quoted(`finding: ${plainText(finding)}`)),
    ...(commit === undefined ? [] : [`  commit: ${commit}`]),
    ...(data === undefined ? [] : [quoted(plainText(JSON.stringify(data, null, 2)))]),
  ].join('\n');
}

function attemptsOf({ attempts }: TaskDetails): string {
  return tableOf(
    attempts.map((each) => [
      `  ${each.attempt}`,
      each.agent,
      each.outcome ?? 'under way',
      each.startedAt,
      oneLine(plainText(each.reason ?? ''), 100),
    ]),
  );
}

function checkpointOf({ checkpoint }: TaskDetails): string {
  if (checkpoint === null) return '';
  const { done, next, questions } = checkpoint;
  return quoted(
    plainText([`done: ${done}`, `next: ${next}`, ...questions.map((each) => `open: ${each}`)].join('\n')),
  );
}

function messagesOf({ messages }: TaskDetails): string {
  return messages
    .slice(-20)
    .map(
      (each) => `  ${each.id} ${each.type} from ${each.from} to ${each.to}\n${quoted(plainText(each.body))}`,
    )
    .join('\n');
}
