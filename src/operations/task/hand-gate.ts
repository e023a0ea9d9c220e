import { join } from 'node:path';
import { readConfig } from '../../config/index.js';
import { assert, CallsheetError } from '../../error/index.js';
import { likelyCause, recordEvidence, saidOfCause, type Evidence } from '../../gate/index.js';
import { cleanEnvironment, runCommand } from '../../process/index.js';
import { defined, type Transaction } from '../../store/index.js';
import type { Task } from '../../task/index.js';
import { plainText, quoted, tailOf } from '../../text/index.js';
import { LOG_LIMIT_BYTES } from '../../workspace/index.js';
import type { Context } from '../operation.js';
import { agreeOnce, agreeToGitPrograms } from '../run/index.js';
import { handSuspects } from './gate-suspects.js';

const GATE_TIMEOUT_MS = 30 * 60_000;

export type GateRun = Omit<Evidence, 'id' | 'at'>;

/**
 * Runs the gate of a stand-alone task, its own or the configured one, where the work is: in this checkout.
 * Undefined when there is none.
 */
export async function runTaskGate(context: Context, task: Task, yes: boolean): Promise<GateRun | undefined> {
  const { root, folder } = context.sheet;
  const config = await readConfig(root);
  const gate = task.gate ?? config.gate;
  if (gate === undefined) return undefined;
  // A task's own gate was typed by whoever leads; the configured one may have come with a clone.
  if (task.gate === undefined) await agreeOnce(context, [`gate: ${gate}`], yes);
  await agreeToGitPrograms(context, yes);
  context.say(`Running the gate: ${gate}`);
  const before = await treeIn(context);
  const logFile = join(folder, 'logs', 'hand', `${task.id}-${task.attempt}.gate.log`);
  const result = await runCommand({
    command: gate,
    cwd: root,
    env: cleanEnvironment(context.env, { repositoryRoot: root }),
    timeoutMs: config.gateTimeoutMs ?? GATE_TIMEOUT_MS,
    logFile,
    logLimitBytes: LOG_LIMIT_BYTES,
    signal: context.signal,
  });
  if (result.aborted) throw interrupted(task);
  const { exitCode, timedOut, durationMs, tail } = result;
  const isGreen = exitCode === 0 && !timedOut;
  const likely = isGreen ? undefined : likelyCause(tail, await handSuspects(context.sheet.store, gate, root));
  return {
    ...{
      tree: before,
      gate,
      inputs: '',
      isGreen,
      timedOut,
      durationMs,
      logFile,
    },
    ...{
      wroteTree: (await treeIn(context)) !== before,
      setupFailed: false,
      isFlaky: false,
      outputTail: tail,
    },
    ...defined({ exitCode: exitCode ?? undefined, likely }),
  };
}

/** The tree of what is in the checkout, untracked files included: that is what was tested. */
async function treeIn(context: Context): Promise<string> {
  const repository = await context.repository();
  return (await repository.save(context.sheet.root, { message: 'What a gate tests' })).tree;
}

export async function recordGate(tx: Transaction, gate: GateRun): Promise<void> {
  await recordEvidence(tx, gate);
}

/** @throws {CallsheetError} `GATE_RED`, always: its tail says why. */
export function requireGreen(taskId: string, gate: GateRun | undefined): never {
  assert(gate !== undefined, 'only a gate keeps a task from being done');
  const how = gate.timedOut ? 'ran out of time' : `ended with exit code ${gate.exitCode ?? 'none'}`;
  const tail = plainText(tailOf(gate.outputTail, 20));
  const cause = gate.likely === undefined ? '' : `\nIt is ${saidOfCause(gate.likely)}.`;
  throw new CallsheetError(
    'GATE_RED',
    `The gate \`${gate.gate}\` ${how}; ${taskId} stays yours and is not done. It said:\n${quoted(tail)}${cause}`,
    {
      hint: `Mend it and complete it again. Everything it printed: ${gate.logFile ?? 'not kept'}`,
      data: {
        task: taskId,
        gate: gate.gate,
        exitCode: gate.exitCode,
        timedOut: gate.timedOut,
        tail,
        ...defined({ likely: gate.likely }),
      },
    },
  );
}

function interrupted(task: Task): CallsheetError {
  return new CallsheetError('INTERRUPTED', `The gate was stopped; ${task.id} stays yours and is not done.`, {
    exit: 'interrupted',
  });
}
