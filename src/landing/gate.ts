import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CallsheetError, diskFull } from '../error/index.js';
import { greenEvidence, likelyCause, recordEvidence, type Evidence } from '../gate/index.js';
import type { CommitId, TreeId } from '../git/index.js';
import { isOutOfSpace, type CommandResult } from '../process/index.js';
import { defined } from '../store/index.js';
import {
  inputsHash,
  LOG_LIMIT_BYTES,
  processesOf,
  workspaceEnv,
  type Site,
  type Workspace,
} from '../workspace/index.js';
import type { Lane } from './lane.js';
import { suspectsSince } from './suspects.js';
import { shownNames } from '../text/index.js';

/** What a gate is run on. */
interface Test {
  commit: CommitId;
  tree: TreeId;
  gate: string;
  inputs: string;
  /** The same was red a moment ago: green now is flaky. */
  isRepeat: boolean;
}

/** The engine is stopping: the gate said nothing. */
export class GateAborted extends Error {
  override readonly name = 'GateAborted';
}

/**
 * Runs a gate on the tree of a commit in the lane's workspace and records the evidence. What was green on the
 * same tree with the same inputs is not run again.
 * @throws {GateAborted} when `signal` fires first. @throws {CallsheetError} `SETUP_FAILED`, `COPY_FAILED`.
 */
export async function proveCommit(
  site: Site,
  lane: Lane,
  commit: CommitId,
  gate: string,
  signal?: AbortSignal,
): Promise<Evidence> {
  const tree = await site.repository.treeOf(commit);
  const inputs = await inputsHash(site, commit);
  const known = await greenEvidence(site.store, tree, gate, inputs);
  return known ?? (await runGate(site, lane, { commit, tree, gate, inputs, isRepeat: false }, signal));
}

/** The same, and once more when it is red: green then means flaky (`isFlaky` of the evidence). */
export async function proveTwice(
  site: Site,
  lane: Lane,
  commit: CommitId,
  gate: string,
  signal?: AbortSignal,
): Promise<Evidence> {
  const first = await proveCommit(site, lane, commit, gate, signal);
  return first.isGreen ? first : proveAgain(site, lane, commit, first, signal);
}

/** Runs a gate that was red once more on the same tree. The evidence to go by: a flaky green, or the first red. */
export async function proveAgain(
  site: Site,
  lane: Lane,
  commit: CommitId,
  red: Evidence,
  signal?: AbortSignal,
): Promise<Evidence> {
  const { tree, gate, inputs } = red;
  const second = await runGate(site, lane, { commit, tree, gate, inputs, isRepeat: true }, signal);
  return second.isGreen ? second : red;
}

// With its workspace deleted under it every time.
const MOST_TRIES = 3;

async function runGate(
  site: Site,
  lane: Lane,
  test: Test,
  signal: AbortSignal | undefined,
  tries = 1,
): Promise<Evidence> {
  const workspace = await prepared(lane, test, signal);
  const ours = await changesIn(site, workspace, test.commit);
  const logFile = join(
    site.sheetFolder,
    'logs',
    site.run.id,
    `gate-${test.tree.slice(0, 12)}-${site.store.clock.now()}.log`,
  );
  const result = await processesOf(site).runCommand({
    command: test.gate,
    cwd: workspace.path,
    env: workspaceEnv(site, workspace),
    timeoutMs: site.run.options.gateTimeoutMs,
    logFile,
    logLimitBytes: LOG_LIMIT_BYTES,
    ...defined({ signal }),
  });
  if (result.aborted) throw new GateAborted();
  // Red for want of room says nothing of the tree, and would send good work back.
  if (result.exitCode !== 0 && isOutOfSpace(workspace.path))
    throw diskFull(
      `The disk of ${workspace.path} is full: the gate \`${test.gate}\` ended with ${result.exitCode ?? result.signal ?? 'nothing'}, which proves nothing. Nothing was moved.`,
    );
  // A gate that changes what it tests proves nothing of the tree that would land.
  const written = await changesIn(site, workspace, test.commit);
  // Deleted under it, by hand as a rule: what it said then says nothing of the tree. A gate that does so itself is red.
  const isGone = written.includes('.git') && !existsSync(workspace.path);
  if (isGone && tries < MOST_TRIES) return runGate(site, lane, test, signal, tries + 1);
  const isGreen = result.exitCode === 0 && written.length === 0;
  return record(site, test, {
    isGreen,
    timedOut: result.timedOut,
    wroteTree: written.length > 0,
    setupFailed: false,
    isFlaky: isGreen && test.isRepeat,
    durationMs: result.durationMs,
    outputTail: outputOf(result, written, ours),
    logFile,
    ...defined({ exitCode: result.exitCode ?? undefined }),
  });
}

async function prepared(lane: Lane, { commit }: Test, signal: AbortSignal | undefined): Promise<Workspace> {
  try {
    return await lane.forGate(commit, signal);
  } catch (error) {
    if (signal?.aborted === true) throw new GateAborted();
    throw error;
  }
}

/** Records that a gate could not be run on a commit, because `setup` failed there: red, with the output of that. */
export async function recordUnprepared(
  site: Site,
  commit: CommitId,
  gate: string,
  { message }: CallsheetError,
): Promise<Evidence> {
  const test = {
    commit,
    tree: await site.repository.treeOf(commit),
    inputs: await inputsHash(site, commit),
    gate,
  };
  const nothing = { timedOut: false, wroteTree: false, isFlaky: false, durationMs: 0 };
  return record(site, test, { ...nothing, isGreen: false, setupFailed: true, outputTail: message });
}

async function record(
  site: Site,
  { commit, tree, gate, inputs }: Omit<Test, 'isRepeat'>,
  seen: Omit<Evidence, 'id' | 'at' | 'runId' | 'tree' | 'gate' | 'inputs' | 'likely'>,
): Promise<Evidence> {
  const likely = seen.isGreen
    ? undefined
    : likelyCause(seen.outputTail, await suspectsSince(site, commit, gate));
  return site.store.transaction((tx) =>
    recordEvidence(tx, {
      ...defined({ runId: site.into === undefined ? site.run.id : undefined, likely }),
      ...{ tree, gate, inputs },
      ...seen,
    }),
  );
}

/** How a workspace differs from the commit it is to hold: tracked files, another commit checked out, no checkout at all. */
async function changesIn(site: Site, workspace: Workspace, commit: CommitId): Promise<string[]> {
  try {
    const { tracked } = await site.repository.status(workspace.path);
    const head = await site.repository.headOf(workspace.path);
    return [...tracked.map((each) => each.path), ...(head === commit ? [] : ['HEAD'])];
  } catch (error) {
    if (error instanceof CallsheetError && error.code === 'NOT_A_WORKSPACE') return ['.git'];
    throw error;
  }
}

function outputOf({ tail }: CommandResult, written: string[], before: string[]): string {
  if (written.length === 0) return tail;
  const by = written.every((path) => before.includes(path))
    ? 'What prepares the workspace (setup, copy)'
    : 'The gate';
  return `${tail}\n${by} changed what is under test: ${shownNames(written)}`.trimStart();
}

/** How a gate ended that is not good enough, in words. */
export function howItEnded(evidence: Evidence): string {
  if (evidence.isFlaky) return 'was red, then green on the same tree';
  if (evidence.setupFailed) return 'could not be run, because preparing its workspace failed,';
  if (evidence.timedOut) return 'did not end within its time limit';
  if (evidence.wroteTree) return 'changed tracked files';
  return evidence.exitCode === undefined ? 'was ended by a signal' : `ended with ${evidence.exitCode}`;
}
