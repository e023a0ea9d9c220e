import { TASK_MOVES, holdsClaim, type Task, type TaskState } from '../../src/task/index.js';
import type { Event } from '../../src/event/index.js';

/** What the log says of a task. */
export interface ReplayedTask {
  state: TaskState;
  attempt: number;
  runId?: string;
  claimedBy?: string;
  reason?: string;
  landedAs?: string;
}

export interface ReplayedLanding {
  taskId: string;
  attempt: number;
  state: string;
  commit?: string;
}

/** Events of a task that tell of work on it, without moving it. */
const ABOUT_A_CLAIM = ['task.progress', 'task.completed'];

/**
 * The state that the log tells of, made from its events alone, one after another. It knows nothing but the log, so
 * what it comes to can be compared with the tables; and it refuses what the rules forbid.
 */
export class Replay {
  readonly tasks = new Map<string, ReplayedTask>();
  readonly landings = new Map<string, ReplayedLanding>();
  readonly runs = new Map<string, { state: string; epoch: number }>();
  readonly locks = new Map<string, string>();
  readonly liveAgents = new Set<string>();
  seq = 0;
  /** Of the newest event, in Unix milliseconds. */
  at = 0;

  /** @throws {Error} that names the event when it cannot follow what came before. */
  apply(event: Event): void {
    if (event.seq !== this.seq + 1) throw this.wrong(event, `follows ${this.seq}`);
    this.seq = event.seq;
    this.at = event.at;
    const [record, change = ''] = event.type.split('.');
    if (record === 'task') this.applyTask(event, change);
    else if (record === 'landing') this.applyLanding(event, change);
    else if (record === 'run') this.applyRun(event);
    else if (record === 'lock') this.locks.set(text(event, 'lock'), text(event, 'state'));
    else if (event.type === 'agent.registered' || event.type === 'agent.returned')
      this.liveAgents.add(event.agentId ?? '');
    else if (event.type === 'agent.ended') this.liveAgents.delete(event.agentId ?? '');
  }

  private applyTask(event: Event, change: string): void {
    const id = event.taskId ?? '';
    if (change === 'created') {
      const task = event.data['task'] as Task;
      this.tasks.set(id, replayed(task));
      return;
    }
    const task = this.tasks.get(id);
    if (task === undefined) throw this.wrong(event, `there is no task ${id}`);
    if (change === 'adopted') {
      this.tasks.set(id, { ...task, ...(event.runId === undefined ? {} : { runId: event.runId }) });
      return;
    }
    if (ABOUT_A_CLAIM.includes(event.type)) {
      if (event.attempt !== task.attempt || !holdsClaim(task.state))
        throw this.wrong(
          event,
          `${id} is ${task.state}, attempt ${task.attempt}: the write should have missed`,
        );
      return;
    }
    this.tasks.set(id, this.moved(event, task, change));
  }

  private moved(event: Event, task: ReplayedTask, change: string): ReplayedTask {
    const to = text(event, 'state') as TaskState;
    const isLegal = to === task.state || (TASK_MOVES[task.state] as readonly TaskState[]).includes(to);
    if (!isLegal) throw this.wrong(event, `there is no move from ${task.state} to ${to}`);
    const attempt = event.attempt ?? task.attempt;
    if (change === 'claimed' && (task.state !== 'ready' || attempt !== task.attempt + 1))
      throw this.wrong(event, `it is ${task.state}, attempt ${task.attempt}`);
    const claimedBy = holdsClaim(to) ? (change === 'claimed' ? event.agentId : task.claimedBy) : undefined;
    const { runId } = task;
    const landedAs = to === 'done' ? event.data['landedAs'] : undefined;
    const reason = event.data['reason'];
    return {
      ...{ state: to, attempt },
      ...(runId === undefined ? {} : { runId }),
      ...(claimedBy === undefined ? {} : { claimedBy }),
      ...(typeof landedAs === 'string' ? { landedAs } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
    };
  }

  private applyLanding(event: Event, state: string): void {
    const { taskId = '', attempt = 0 } = event;
    const commit = event.data['commit'];
    this.landings.set(text(event, 'id'), {
      ...{ taskId, attempt, state },
      ...(typeof commit === 'string' ? { commit } : {}),
    });
  }

  private applyRun(event: Event): void {
    const id = event.runId ?? '';
    if (typeof event.data['state'] !== 'string') return;
    const epoch = event.data['epoch'];
    const before = this.runs.get(id);
    this.runs.set(id, {
      state: event.data['state'],
      epoch: typeof epoch === 'number' ? epoch : (before?.epoch ?? 0),
    });
  }

  private wrong(event: Event, why: string): Error {
    return new Error(`the log has ${JSON.stringify(event)}, but ${why}`);
  }
}

function text(event: Event, name: string): string {
  const value = event.data[name];
  if (typeof value === 'string') return value;
  throw new Error(`the log has ${JSON.stringify(event)} without ${name}`);
}

function replayed({ state, attempt, runId, claimedBy, reason, landedAs }: Task): ReplayedTask {
  return {
    ...{ state, attempt },
    ...(runId === undefined ? {} : { runId }),
    ...(claimedBy === undefined ? {} : { claimedBy }),
    ...(reason === undefined ? {} : { reason }),
    ...(landedAs === undefined ? {} : { landedAs }),
  };
}
