import type { Event } from '../../event/index.js';
import { oneLine, plainText } from '../../text/index.js';

/** One line about an event for people who follow a run, or undefined for what only a program wants to know. */
export function narrate(event: Event, agentName: string): string | undefined {
  const line = TELL[event.type]?.(event, agentName);
  return line === undefined ? undefined : `${new Date(event.at).toISOString().slice(11, 19)}  ${line}`;
}

type Teller = (event: Event, agentName: string) => string | undefined;

const TELL: Readonly<Record<string, Teller>> = {
  'task.claimed': ({ taskId, attempt }, agentName) =>
    `${taskId ?? ''}: attempt ${attempt ?? 1}, ${agentName}`,
  'task.progress': (event) => `${event.taskId ?? ''}: ${said(event, 'text')}`,
  'task.landing': ({ taskId }) => `${taskId ?? ''}: waits to land`,
  'task.done': doneLine,
  'task.attempt-failed': (event) =>
    `${event.taskId ?? ''}: attempt ${event.attempt ?? ''} failed, ${said(event, 'reason')}; tried again`,
  'task.failed': moved,
  'task.blocked': moved,
  'task.paused': moved,
  'task.cancelled': moved,
  'task.released': moved,
  'task.interrupted': moved,
  'task.resumed': moved,
  'task.reopened': moved,
  'task.lapsed': (event) => `${event.taskId ?? ''}: ${said(event, 'reason')}`,
  'process.left': ({ taskId, data }) =>
    `${taskId ?? ''}: its agent has ended, and somebody still works in ${textOf(data['path'])}: process ${numbers(data['pids'])}`,
  'gate.red': (event) => `gate red: ${said(event, 'gate')}`,
  'gate.green': (event) =>
    event.data['isFlaky'] === true ? `gate flaky: ${said(event, 'gate')}` : undefined,
  'conflict.opened': (event) =>
    `${event.taskId ?? ''}: conflict with ${listed(event, 'otherTaskIds') || 'the new base'} in ${listed(event, 'paths')}`,
  'target.merged': (event) => `${said(event, 'branch')} has moved and was merged in`,
  'target.held': (event) =>
    `${said(event, 'branch')} has moved and was not merged in: ${said(event, 'reason')}`,
  'run.changed': (event) =>
    typeof event.data['workers'] === 'number' ? `${event.data['workers']} at once from now on` : undefined,
};

function doneLine({ taskId, data }: Event): string {
  const commit = data['landedAs'];
  return typeof commit === 'string'
    ? `${taskId ?? ''}: landed as ${commit.slice(0, 10)}`
    : `${taskId ?? ''}: done`;
}

/** What became of a task is the last word of its event. */
function moved(event: Event): string {
  const reason = said(event, 'reason');
  return `${event.taskId ?? ''}: ${event.type.slice('task.'.length)}${reason === '' ? '' : `, ${reason}`}`;
}

function said({ data }: Event, key: string): string {
  return textOf(data[key]);
}

function listed({ data }: Event, key: string): string {
  const value = data[key];
  return Array.isArray(value) ? value.map(textOf).join(', ') : '';
}

function numbers(value: unknown): string {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number').join(', ') : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? oneLine(plainText(value), 200) : '';
}
