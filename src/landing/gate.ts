import { join } from 'node:path';
import { greenEvidence, recordEvidence, type Evidence } from '../gate/index.js';
import type { CommitId, TreeId } from '../git/index.js';
import { runCommand } from '../process/index.js';
import { defined } from '../store/index.js';
import { inputsHash, LOG_LIMIT_BYTES, workspaceEnv, type Site } from '../workspace/index.js';
import type { Lane } from './lane.js';

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
 * @throws {GateAborted} when `signal` fires first.
 */
export async function proveCommit(site: Site, lane: Lane, commit: CommitId, gate: string, signal?: AbortSignal): Promise<Evidence> {
  const tree = await site.repository.treeOf(commit);
  const inputs = await inputsHash(site, commit);
  const known = await greenEvidence(site.store, tree, gate, inputs);
  return known ?? (await runGate(site, lane, { commit, tree, gate, inputs, isRepeat: false }, signal));
}

/** The same, and once more when it is red: green then means flaky (`isFlaky` of the evidence). */
export async function proveTwice(site: Site, lane: Lane, commit: CommitId, gate: string, signal?: AbortSignal): Promise<Evidence> {
  const first = await proveCommit(site, lane, commit, gate, signal);
  if (first.isGreen) return first;
  const { tree, inputs } = first;
  const second = await runGate(site, lane, { commit, tree, gate, inputs, isRepeat: true }, signal);
  return second.isGreen ? second : first;
}

async function runGate(site: Site, lane: Lane, test: Test, signal: AbortSignal | undefined): Promise<Evidence> {
  const workspace = await lane.forGate(test.commit, signal);
  const logFile = join(site.sheetFolder, 'logs', site.run.id, `gate-${test.tree.slice(0, 12)}-${site.store.clock.now()}.log`);
  const result = await runCommand({
    command: test.gate,
    cwd: workspace.path,
    env: workspaceEnv(site, workspace),
    timeoutMs: site.run.options.gateTimeoutMs,
    logFile,
    logLimitBytes: LOG_LIMIT_BYTES,
    ...defined({ signal }),
  });
  if (result.aborted) throw new GateAborted();
  // A gate that changes what it tests proves nothing of the tree that would land.
  const written = (await site.repository.status(workspace.path)).tracked.map((each) => each.path);
  const isGreen = result.exitCode === 0 && written.length === 0;
  return site.store.transaction((tx) =>
    recordEvidence(tx, {
      runId: site.run.id,
      tree: test.tree,
      gate: test.gate,
      inputs: test.inputs,
      isGreen,
      timedOut: result.timedOut,
      wroteTree: written.length > 0,
      isFlaky: isGreen && test.isRepeat,
      durationMs: result.durationMs,
      outputTail: written.length === 0 ? result.tail : `${result.tail}\nThe gate changed tracked files: ${written.join(', ')}`,
      logFile,
      ...defined({ exitCode: result.exitCode ?? undefined }),
    }),
  );
}

/** How a red gate ended, in words. */
export function howItEnded(evidence: Evidence): string {
  if (evidence.timedOut) return 'did not end within its time limit';
  if (evidence.wroteTree) return 'changed tracked files';
  return evidence.exitCode === undefined ? 'was ended by a signal' : `ended with ${evidence.exitCode}`;
}
