import { resolve } from 'node:path';
import type { Config } from '../config/index.js';
import { mergePreparation, setupInputsOf } from '../config/index.js';
import type { Plan } from '../plan/index.js';
import type { RunOptions } from '../run/index.js';
import { defined } from '../store/index.js';
import { workspacesFolder } from '../workspace/index.js';

/** What a person may say on the command line. */
export interface RunWishes {
  goal?: string;
  /** The plan file, absolute. */
  plan?: string;
  /** The plan file as the person wrote it. */
  planName?: string;
  workers?: number;
  agent?: string;
  model?: string;
  gate?: string;
  into?: string;
  yes: boolean;
  dryRun: boolean;
  withChanges: boolean;
  allowRedBase: boolean;
  /** Whether a person has agreed to all of these commands, or does so now. */
  hasAgreedTo: (commands: readonly string[]) => Promise<boolean>;
  /** Where the command was given: a script file of an agent is looked for there. */
  cwd: string;
}

const DEFAULT_WORKERS = 3;
const NO_PLAN = { copy: [], keep: [], env: {}, resources: {} };
const MINUTE = 60_000;

type Wishes = Pick<RunWishes, 'cwd' | 'allowRedBase'> &
  Partial<Pick<RunWishes, 'gate' | 'workers' | 'model' | 'into' | 'agent'>>;

/** The options of a run: the command line over the plan over the configuration over the defaults. */
export function runOptionsOf(
  wishes: Wishes,
  plan: Plan | undefined,
  config: Config,
  root: string,
): RunOptions {
  const preparation = mergePreparation(config, plan ?? NO_PLAN, defined({ gate: wishes.gate }));
  return {
    agent: agentOf(wishes, config, root),
    workers: wishes.workers ?? plan?.workers ?? config.workers ?? DEFAULT_WORKERS,
    setupInputs: setupInputsOf(preparation),
    copy: preparation.copy,
    keep: preparation.keep,
    env: preparation.env,
    resources: preparation.resources,
    workspaces: workspacesFolder(preparation.workspaces, root),
    allowRedBase: wishes.allowRedBase,
    ...timeLimitsOf(plan, config),
    ...defined({
      gate: preparation.gate,
      setup: preparation.setup,
      model: wishes.model ?? plan?.model ?? config.model,
      startFolder: plan?.startFolder,
      into: wishes.into ?? config.into,
    }),
  };
}

type TimeLimits = Pick<RunOptions, 'startTimeoutMs' | 'silenceTimeoutMs' | 'taskTimeoutMs' | 'gateTimeoutMs'>;

function timeLimitsOf(plan: Plan | undefined, config: Config): TimeLimits {
  return {
    startTimeoutMs: config.startTimeoutMs ?? MINUTE,
    silenceTimeoutMs: config.silenceTimeoutMs ?? 15 * MINUTE,
    taskTimeoutMs: plan?.taskTimeoutMs ?? config.timeoutMs ?? 60 * MINUTE,
    gateTimeoutMs: config.gateTimeoutMs ?? 30 * MINUTE,
  };
}

function agentOf(wishes: Wishes, config: Config, root: string): string {
  if (wishes.agent !== undefined) return lastingAgent(wishes.agent, wishes.cwd);
  return config.agent === undefined ? '' : lastingAgent(config.agent, root);
}

/** A driver as it is kept with a run, which may be resumed from another folder: a script file by its full path. */
export function lastingAgent(name: string, folder: string): string {
  const script = /^\s*scripted:\s*(\S.*?)\s*$/s.exec(name)?.[1];
  return script === undefined ? name : `scripted:${resolve(folder, script)}`;
}
