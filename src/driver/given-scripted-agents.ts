import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Assignment, DriverEvent, Session } from './index.js';
import { driverFor } from './index.js';

// The public command line, replaced by one that writes down how it was called; `refuse` makes it refuse.
const CALLSHEET = `#!/usr/bin/env node
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const result = args.indexOf('--result-file');
if (result > 0) args[result + 1] = JSON.parse(readFileSync(args[result + 1], 'utf8'));
appendFileSync(process.env.CALLS, JSON.stringify(args) + '\\n');
if (existsSync(process.env.CALLS + '.refuse')) { console.error('LEASE_LOST: gone'); process.exit(3); }
if (args[1] === 'show') console.log(JSON.stringify({ id: args.at(-1), state: 'done' }));
`;

/** A workspace, a script, and a `callsheet` that writes down how it was called. */
export interface ScriptedHarness {
  folder: () => string;
  workspace: () => string;
  start: (script: unknown, changes?: Partial<Assignment>) => Promise<Session>;
  /** Starts an agent that does these steps, and waits for its end. */
  follow: (steps: unknown[], changes?: Partial<Assignment>) => Promise<DriverEvent[]>;
  inWorkspace: (path: string) => string;
  calls: () => unknown[][];
}

export function givenScriptedAgents(): ScriptedHarness {
  let folder = '';
  let sessions: Session[] = [];

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-scripted-')));
    sessions = [];
    mkdirSync(join(folder, 'workspace'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'callsheet'), CALLSHEET);
    chmodSync(join(folder, 'bin', 'callsheet'), 0o755);
  });

  afterEach(async () => {
    await Promise.all(sessions.map((session) => session.stop(0)));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(script: unknown, changes: Partial<Assignment> = {}): Promise<Session> {
    writeFileSync(join(folder, 'script.yaml'), typeof script === 'string' ? script : JSON.stringify(script));
    const session = await driverFor('scripted:script.yaml', { folder }).start(assignmentIn(folder, changes));
    sessions.push(session);
    return session;
  }

  return {
    folder: () => folder,
    workspace: () => join(folder, 'workspace'),
    start,
    follow: async (steps, changes) => collect(await start({ default: steps }, changes)),
    inWorkspace: (path) => readFileSync(join(folder, 'workspace', path), 'utf8'),
    calls: () =>
      readFileSync(join(folder, 'calls'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown[]),
  };
}

function assignmentIn(folder: string, changes: Partial<Assignment>): Assignment {
  const workspace = join(folder, 'workspace');
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    CALLS: join(folder, 'calls'),
    CALLSHEET_SCRATCH: folder,
    CALLSHEET_TASK: 'task-7',
    CALLSHEET_ATTEMPT: '2',
  };
  return {
    ...{ runId: 'r', taskId: 'task-7', attempt: 2, workspace, startFolder: workspace, brief: 'The brief' },
    ...{ briefFile: join(folder, 'brief'), logFile: join(folder, 'log'), logLimitBytes: 1e6 },
    ...changes,
    env: { ...env, ...changes.env },
  };
}

export async function collect(
  session: Session,
  onEvent?: (event: DriverEvent) => void,
): Promise<DriverEvent[]> {
  const events: DriverEvent[] = [];
  for await (const event of session.events) {
    events.push(event);
    onEvent?.(event);
  }
  return events;
}

export function textOf(events: DriverEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('\n');
}
