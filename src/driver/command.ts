import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Driver, DriverEvent, DriverProblem } from './driver.js';
import type { Place } from './reported.js';
import { objectIn, toolEvent, usageEvent } from './reported.js';
import { startSession } from './session.js';

/**
 * Any command-line agent: `sh -c COMMAND` in the start folder, with the brief on its stdin. Exit 0 is "done".
 *
 * What it prints is text. A line of its stdout may instead be one JSON object that tells more:
 *
 * ```text
 * {"callsheet":"tool","name":"edit","reads":["src/a.ts"],"writes":["src/a.ts"],"detail":"rename"}
 * {"callsheet":"usage","inputTokens":1200,"outputTokens":300,"costUsd":0.01,"model":"small"}
 * ```
 *
 * Paths are relative to the start folder or absolute. `costUsd`, `model`, `reads`, `writes` and `detail` may be left out;
 * an object that does not fit is text. It hears nothing while it works: messages wait in its inbox.
 */
export function commandDriver(command: string): Driver {
  return {
    name: `command:${command}`,
    check: () => checkProgram(command),
    start: (assignment) =>
      startSession(assignment, {
        file: 'sh',
        args: ['-c', command],
        input: assignment.brief,
        eventsIn: (lines, stream) =>
          stream === 'stdout' ? eventsIn(lines, assignment) : [{ type: 'text', text: lines }],
      }),
  };
}

const MAY_REPORT = /^\s*\{\s*"callsheet"\s*:/m;

function eventsIn(lines: string, place: Place): DriverEvent[] {
  // Most output is plain: one look decides, and a flood is not cut into lines.
  if (!MAY_REPORT.test(lines)) return [{ type: 'text', text: lines }];
  return lines.split('\n').map((line) => reportedIn(line, place) ?? { type: 'text', text: line });
}

function reportedIn(line: string, place: Place): DriverEvent | undefined {
  if (!MAY_REPORT.test(line)) return undefined;
  const value = objectIn(line);
  if (value?.['callsheet'] === 'tool') return toolEvent(value, place);
  if (value?.['callsheet'] === 'usage') return usageEvent(value);
  return undefined;
}

// Only a plain first word can be looked up: variables, quotes and paths into the workspace mean something else there.
const PROGRAM = /^\s*([A-Za-z0-9][\w.+-]*|\/[\w.+/-]+)(?=\s|$)/;

async function checkProgram(command: string): Promise<DriverProblem | undefined> {
  const program = PROGRAM.exec(command)?.[1];
  if (program === undefined) return undefined;
  try {
    await promisify(execFile)('sh', ['-c', 'command -v -- "$1"', 'sh', program]);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      message: `The agent's program ${program} is not on the PATH; no agent was started.`,
      hint: `Install ${program}, or give its full path: --agent "command:/path/to/${program} …".`,
    };
  }
}
