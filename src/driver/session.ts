import { messageOf } from '../error/index.js';
import type { BoundedLog, ProcessExit, StartedProcess } from '../process/index.js';
import { endTree, finishOutput, openLog, startProcess } from '../process/index.js';
import type { Assignment, Delivery, DriverEvent, Session } from './driver.js';
import type { EventQueue } from './event-queue.js';
import { eventQueue } from './event-queue.js';
import type { LineReader } from './lines.js';
import { lineReader } from './lines.js';

/** What tells one kind of agent process from another. */
export interface AgentProgram {
  file: string;
  args: string[];
  /** What it reads first. */
  input: string;
  /** How it is spoken to while it works; absent: its input ends after `input`, and nothing can be said to it. */
  conversation?: { message: (text: string) => string; interrupt: () => string };
  /** The events that whole lines of its output mean. */
  eventsIn: (lines: string, stream: 'stdout' | 'stderr') => DriverEvent[];
  /** What the log keeps of an event; absent: the output goes into the log as it is. */
  logged?: (event: DriverEvent) => string;
}

// What an agent leaves running when it ends would write into a workspace that is about to be landed.
const LEFTOVER_GRACE_MS = 2_000;

/**
 * Starts the process of one attempt and reads what it says until all of its tree has ended.
 * @throws {CallsheetError} `PROCESS_START_FAILED` when its folder or program is missing.
 */
export async function startSession(assignment: Assignment, program: AgentProgram): Promise<Session> {
  const queue = eventQueue();
  const log = openLog(assignment.logFile, assignment.logLimitBytes);
  const readers = outputReaders(program, queue, log);
  const child = await startProcess({
    file: program.file,
    args: program.args,
    cwd: assignment.startFolder,
    env: assignment.env,
    stdin: 'open',
    onOutput: (chunk, stream) => {
      if (program.logged === undefined) log.write(chunk);
      readers[stream].write(chunk);
    },
  }).catch((error: unknown) => {
    log.close();
    throw error;
  });
  // Not awaited: an agent may work for an hour before it reads, or never read. It is an answer to nobody.
  void child.write(program.input);
  if (program.conversation === undefined) child.closeInput();
  return sessionOf(child, markerOf(assignment), program, queue, () => {
    readers.stdout.end();
    readers.stderr.end();
    log.close();
  });
}

function outputReaders(
  program: AgentProgram,
  queue: EventQueue,
  log: BoundedLog,
): Record<'stdout' | 'stderr', LineReader> {
  const reader = (stream: 'stdout' | 'stderr') =>
    lineReader((lines) => {
      for (const event of program.eventsIn(lines, stream)) {
        if (program.logged !== undefined) log.write(Buffer.from(program.logged(event)));
        queue.push(event);
      }
    });
  return { stdout: reader('stdout'), stderr: reader('stderr') };
}

function sessionOf(
  child: StartedProcess,
  marker: { marker?: string },
  { conversation }: AgentProgram,
  queue: EventQueue,
  closeOutput: () => void,
): Session {
  let stopping: Promise<void> | undefined;
  let exit: ProcessExit | undefined;

  async function finish(): Promise<void> {
    const ended = await child.ended;
    exit = ended;
    try {
      await (stopping ?? endTree(child.identity, { graceMs: LEFTOVER_GRACE_MS, ...marker }));
    } catch (error) {
      queue.push({ type: 'text', text: messageOf(error) });
    }
    await finishOutput(child);
    closeOutput();
    queue.push({ type: 'exit', exit: ended });
    queue.end();
  }

  async function say(text: string | undefined): Promise<Delivery> {
    if (text === undefined) return 'unsupported';
    return exit === undefined && (await child.write(text)) ? 'delivered' : 'ended';
  }

  const finished = finish();
  return {
    process: child.identity,
    events: queue.events,
    send: (text) => say(conversation?.message(text)),
    interrupt: () => say(conversation?.interrupt()),
    stop: async (graceMs) => {
      stopping = endTree(child.identity, { graceMs, ...marker });
      await stopping;
      await finished;
    },
  };
}

function markerOf({ env }: Assignment): { marker?: string } {
  const token = env['CALLSHEET_TOKEN'];
  return token === undefined ? {} : { marker: `CALLSHEET_TOKEN=${token}` };
}
