import { CallsheetError, messageOf } from '../error/index.js';
import { entryPoint } from '../process/index.js';
import { plainText } from '../text/index.js';
import type { Assignment, Driver, DriverEvent, DriverProblem } from './driver.js';
import type { Place } from './reported.js';
import { objectIn, toolEvent, usageEvent } from './reported.js';
import type { StartOfWork, Spoken } from './scripted/protocol.js';
import { loadScript } from './scripted/script.js';
import { startSession } from './session.js';

/**
 * An agent that follows a script: a process of its own, spoken to in JSON lines, otherwise like any other.
 * @param file The script, absolute. Its form is told at `Action` in scripted/action.ts.
 */
export function scriptedDriver(name: string, file: string): Driver {
  return {
    name,
    check: () => checkScript(file),
    start: async (assignment) =>
      startSession(assignment, {
        file: process.execPath,
        args: [entryPoint('scripted-agent'), file, keyOf(assignment)],
        input: line(startOf(assignment)),
        conversation: {
          message: (text) => line({ type: 'message', text }),
          interrupt: () => line({ type: 'interrupt' }),
        },
        eventsIn: (lines, stream) =>
          stream === 'stdout'
            ? lines.split('\n').map((one) => eventIn(one, assignment))
            : [{ type: 'text', text: lines }],
        logged,
      }),
  };
}

// A task's id in the sheet may differ from the one in the plan, which is what a script is written for.
function keyOf({ env, taskId }: Assignment): string {
  return env['CALLSHEET_PLAN_TASK'] ?? env['CALLSHEET_TASK'] ?? taskId;
}

function startOf({ brief, workspace, resume }: Assignment): StartOfWork {
  return { type: 'start', brief, workspace, ...(resume === undefined ? {} : { resume }) };
}

function line(spoken: Spoken): string {
  return `${JSON.stringify(spoken)}\n`;
}

/** An event of the agent; what is none (a crash of the program itself) is text. */
function eventIn(text: string, place: Place): DriverEvent {
  const value = objectIn(text);
  return (value === undefined ? undefined : readEvent(value, place)) ?? { type: 'text', text };
}

function readEvent(value: Record<string, unknown>, place: Place): DriverEvent | undefined {
  const { type, text, id, resume } = value;
  if (type === 'text' && typeof text === 'string') return { type, text };
  if (type === 'tool') return toolEvent(value, place);
  if (type === 'usage' && typeof value['usage'] === 'object' && value['usage'] !== null)
    return usageEvent(value['usage']);
  if (type === 'question' && typeof text === 'string' && typeof id === 'string') return { type, id, text };
  if (type === 'turn-end') return typeof resume === 'string' ? { type, resume } : { type };
  return undefined;
}

function logged(event: DriverEvent): string {
  if (event.type === 'text') return `${event.text}\n`;
  return event.type === 'tool' ? `[${event.name}] ${event.detail}\n` : '';
}

async function checkScript(file: string): Promise<DriverProblem | undefined> {
  try {
    await loadScript(file);
    entryPoint('scripted-agent');
    return undefined;
  } catch (error) {
    if (!(error instanceof CallsheetError)) throw error;
    return { message: plainText(messageOf(error)), hint: error.hint ?? 'Mend the script.' };
  }
}
