import type { Event } from '../../event/index.js';
import { oneLine, plainText } from '../../text/index.js';

/** One line about an event for people who follow a run, or undefined for what only a program wants to know. */
export function narrate(event: Event, agentName: string): string | undefined {
  const line = lineOf(event, agentName);
  if (line === undefined) return undefined;
  return `${new Date(event.at).toISOString().slice(11, 19)}  ${line}`;
}

function lineOf(event: Event, agentName: string): string | undefined {
  const { data } = event;
  const task = event.taskId ?? '';
  const reason = textOf(data['reason']);
  switch (event.type) {
    case 'task.claimed':
      return `${task}: attempt ${event.attempt ?? 1}, ${agentName}`;
    case 'task.progress':
      return `${task}: ${textOf(data['text'])}`;
    case 'task.landing':
      return `${task}: waits to land`;
    case 'task.done':
      return typeof data['landedAs'] === 'string' ? `${task}: landed as ${data['landedAs'].slice(0, 10)}` : `${task}: done`;
    case 'task.attempt-failed':
      return `${task}: attempt ${event.attempt ?? ''} failed, ${reason}; tried again`;
    case 'task.failed':
    case 'task.blocked':
    case 'task.paused':
    case 'task.cancelled':
    case 'task.released':
    case 'task.interrupted':
      return `${task}: ${event.type.slice('task.'.length)}${reason === '' ? '' : `, ${reason}`}`;
    case 'task.lapsed':
      return `${task}: ${reason}`;
    case 'task.resumed':
    case 'task.reopened':
      return `${task}: ${event.type.slice('task.'.length)}`;
    case 'gate.red':
      return `gate red: ${textOf(data['gate'])}`;
    case 'gate.green':
      return data['isFlaky'] === true ? `gate flaky: ${textOf(data['gate'])}` : undefined;
    case 'conflict.opened':
      return `${task}: conflict with ${listOf(data['otherTaskIds']) || 'the new base'} in ${listOf(data['paths'])}`;
    case 'target.merged':
      return `${textOf(data['branch'])} has moved and was merged in`;
    case 'target.held':
      return `${textOf(data['branch'])} has moved and was not merged in: ${reason}`;
    default:
      return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? oneLine(plainText(value), 200) : '';
}

function listOf(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join(', ') : '';
}
