import { delimiter } from 'node:path';
import { CLIENTS, findProgram, readPlace } from '../../client/index.js';
import { CallsheetError } from '../../error/index.js';
import { goalNow, reviseGoal } from '../../goal/index.js';
import { runInTerminal } from '../../process/index.js';
import { defined } from '../../store/index.js';
import type { TeamPart } from '../../team/index.js';
import { installCommand } from '../../worker/index.js';
import type { Fields, InputOf } from '../fields.js';
import { ownSettings } from '../guard/plan.js';
import { stateOfScript } from '../guard/script.js';
import type { Context } from '../operation.js';
import { scratchOfSheet } from '../scratch.js';
import { argumentsOf, asTyped, STARTED, type StartedClient } from './client-command.js';

/** What both parts can be started with. */
export const START_FIELDS = {
  agent: {
    kind: 'choice',
    choices: STARTED,
    placeholder: 'CLIENT',
    help: 'The client to start: claude (the default) or codex',
  },
  dryRun: { kind: 'flag', help: 'Only show what would be started' },
  clientArguments: {
    kind: 'text',
    positional: true,
    many: true,
    behindDashes: true,
    placeholder: '-- ARGUMENTS',
    help: 'Arguments for the client itself, behind --',
  },
} as const satisfies Fields;

interface Wanted extends InputOf<typeof START_FIELDS> {
  part: TeamPart;
  goal?: string;
  speciality?: string;
}

/** What was started, or would be, and how it ended. */
export interface Started {
  command: string[];
  environment: Record<string, string>;
  exit?: number;
}

/**
 * Starts a client with a part in the checkout that the person stands in, and waits for its end.
 * @throws {CallsheetError} `CLIENT_MISSING`, `NOT_SET_UP`.
 */
export async function startClient(context: Context, wanted: Wanted): Promise<Started> {
  const { part, goal, speciality, agent = 'claude', dryRun, clientArguments: more } = wanted;
  const { cwd, env, sheet } = context;
  const file = await programOf(context, agent);
  const args = argumentsOf(agent, { part, more, ...defined({ goal }) });
  const own = {
    CALLSHEET_ROLE: part,
    ...(speciality === undefined ? {} : { CALLSHEET_SPECIALITY: speciality }),
  };
  const started: Started = { command: [file, ...args], environment: own };
  if (dryRun) return started;
  if (goal !== undefined) await setGoal(context, goal);
  const scratch = { CALLSHEET_SCRATCH: await scratchOfSheet(context, false) };
  const path = [await installCommand(sheet.folder), env['PATH'] ?? '/usr/bin:/bin'].join(delimiter);
  const { CALLSHEET_SPECIALITY: _, ...inherited } = env;
  return {
    ...started,
    exit: await runInTerminal({ file, args, cwd, env: { ...inherited, PATH: path, ...scratch, ...own } }),
  };
}

export function showStarted({ command, environment, exit }: Started): string {
  if (exit !== undefined) return '';
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return [...variables, asTyped(command)].join(' ');
}

async function programOf(context: Context, name: StartedClient): Promise<string> {
  const { env, sheet } = context;
  const client = CLIENTS.find((each) => each.name === name);
  const file = client === undefined ? undefined : findProgram(client.program, env, sheet.root);
  if (file === undefined)
    throw new CallsheetError('CLIENT_MISSING', `${name} is not on the PATH. Nothing was started.`, {
      hint: 'Install it, or name another: --agent claude|codex',
    });
  await requireSetUp(context, name);
  return file;
}

/** Without its hooks a session would be nobody: no task would reach it. */
async function requireSetUp(context: Context, name: StartedClient): Promise<void> {
  const files = (await ownSettings(context)).filter(({ client }) => client === name);
  const isSet = files.some(({ target }) => target.state(readPlace(target.place).bytes) === 'current');
  if (isSet && stateOfScript(context.sheet.folder).state === 'current') return;
  throw new CallsheetError(
    'NOT_SET_UP',
    `The hooks of ${name} are missing here, or of another version. Nothing was started.`,
    { hint: `Put them in: callsheet init --${name}` },
  );
}

/** A goal that stands already is the lead's to change: others work by it. */
async function setGoal(context: Context, goal: string): Promise<void> {
  const by = await context.agentId();
  await context.sheet.store.transaction(async (tx) => {
    if ((await goalNow(tx)) === undefined) await reviseGoal(tx, { by, goal });
  });
}
