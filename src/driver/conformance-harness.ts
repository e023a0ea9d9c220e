import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { ProcessIdentity } from '../process/index.js';
import { identityOf, readLog } from '../process/index.js';
import type { Assignment, Delivery, Driver, DriverEvent, Exit, Session } from './driver.js';

/** How the suite makes an agent of the driver do what a test needs. */
export interface DriverFixture {
  /** A driver whose agent runs this shell script, with the brief on its stdin, and fails when the script does. */
  driverRunning(script: string, folder: string): Driver;
  /** What the driver can do while its agent works. */
  delivers: { send: Delivery; interrupt: Delivery };
}

/** A folder for each test, and the sessions started in it, which are stopped after it. */
export interface Harness {
  readonly fixture: DriverFixture;
  folder: () => string;
  assignment: (changes?: Partial<Assignment>) => Assignment;
  start: (script: string, given?: Assignment) => Promise<Session>;
  logOf: (taskId?: string) => string;
  /** Bytes that the logs take on disk. */
  logBytes: () => number;
}

export const LOG_LIMIT_BYTES = 300_000;

export function givenHarness(fixture: DriverFixture): Harness {
  let folder = '';
  let sessions: Session[] = [];

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-driver-')));
    sessions = [];
  });

  afterEach(async () => {
    await Promise.all(sessions.map((session) => session.stop(0)));
    rmSync(folder, { recursive: true, force: true });
  });

  const assignment = (changes: Partial<Assignment> = {}) => assignmentIn(folder, changes);
  const logs = () => join(folder, 'logs');
  return {
    fixture,
    folder: () => folder,
    assignment,
    async start(script, given = assignment()) {
      const session = await fixture.driverRunning(script, folder).start(given);
      sessions.push(session);
      return session;
    },
    logOf: (taskId = 'one') => readLog(join(logs(), `${taskId}.log`)),
    logBytes: () => readdirSync(logs()).reduce((sum, name) => sum + statSync(join(logs(), name)).size, 0),
  };
}

function assignmentIn(folder: string, changes: Partial<Assignment>): Assignment {
  const taskId = changes.taskId ?? 'one';
  const workspace = join(folder, `workspace-${taskId}`);
  const startFolder = join(workspace, 'app');
  const briefFile = join(folder, `${taskId}.brief.md`);
  mkdirSync(startFolder, { recursive: true });
  writeFileSync(briefFile, changes.brief ?? 'Do it.');
  return {
    ...{ runId: 'run-1', taskId, attempt: 1, workspace, startFolder, brief: 'Do it.', briefFile },
    env: {
      PATH: process.env['PATH'] ?? '',
      CALLSHEET_BRIEF: briefFile,
      CALLSHEET_TASK: taskId,
      CALLSHEET_ATTEMPT: '1',
      CALLSHEET_TOKEN: randomUUID(),
    },
    ...{ logFile: join(folder, 'logs', `${taskId}.log`), logLimitBytes: LOG_LIMIT_BYTES },
    ...changes,
  };
}

/** Shell scripts that are hard to end. */
export const STAY = 'while :; do sleep 60; done';
/** Prints `name pid`, ignores SIGTERM, and stays. */
export const stubborn = (name: string) => `trap "" TERM; echo ${name} $$; ${STAY}`;
const quoted = (script: string) => `"${script.replace(/["$\\`]/g, '\\$&')}"`;
/** Runs a script in a shell of its own, in the background. */
export const beside = (script: string) => `sh -c ${quoted(script)} &`;
/** Runs a script in a session of its own, whose parent is gone at once. */
export const daemon = (script: string) =>
  `node -e "require('node:child_process').spawn('sh',['-c',process.argv[1]],{detached:true,stdio:'inherit'}).unref()" ${quoted(script)}`;

export async function collect(session: Session): Promise<DriverEvent[]> {
  const events: DriverEvent[] = [];
  for await (const event of session.events) events.push(event);
  return events;
}

/** Waits until an agent has said `name pid` as often as wanted; `rest` are all its events, once it has ended. */
export async function hear(
  session: Session,
  wanted: number,
): Promise<{ pids: ProcessIdentity[]; rest: Promise<DriverEvent[]> }> {
  const events: DriverEvent[] = [];
  let heard = (): void => undefined;
  const enough = new Promise<void>((resolve) => (heard = resolve));
  const pids = () => linesOf(events).flatMap((line) => /^(?:near|far|agent) (\d+)$/.exec(line)?.[1] ?? []);
  const rest = (async () => {
    for await (const event of session.events) {
      events.push(event);
      if (pids().length >= wanted) heard();
    }
    return events;
  })();
  await enough;
  const identities = pids().map((pid) => identityOf(Number(pid)));
  return { pids: identities.filter((identity) => identity !== undefined), rest };
}

export function linesOf(events: DriverEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'text' ? event.text.split('\n') : []));
}

export function greetings(events: DriverEvent[]): Set<string> {
  return new Set(linesOf(events).filter((line) => line.startsWith('I am')));
}

export function exitOf(events: DriverEvent[]): Exit | undefined {
  const last = events.at(-1);
  return last?.type === 'exit' ? last.exit : undefined;
}
