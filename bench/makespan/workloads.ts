import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { UsageError } from '../support/usage-error.js';

/** One task of a real project, as its issue tracker has it. */
interface Issue {
  id: string;
  kind: string;
  created: number;
}

/** The tasks of one real project with their dependencies. */
interface Graph {
  name: string;
  issues: Issue[];
  /** A task and another that must be done first. */
  needs: [string, string][];
}

export interface Workloads {
  graphs: Graph[];
  /** Wall seconds of real agents at real tasks. */
  agentSeconds: number[];
}

/** A piece of a real task graph: what people had before them at one time. */
export interface Batch {
  /** `beads 3`: the third batch of that graph. */
  name: string;
  tasks: { id: string; after: string[] }[];
  edges: number;
}

export interface Batches {
  batches: Batch[];
  /** How many were left out, by the reason. */
  leftOut: Record<string, number>;
}

// What is written down as an issue and is no work of an agent: epics, events, messages, roles and the like.
const WORK = new Set(['task', 'bug', 'feature', 'chore']);

/** @throws {UsageError} when the file is none of the form that `--help` tells. */
export function readWorkloads(file: string): Workloads {
  const { agent_seconds: seconds, ...graphs } = parse(file) as Record<string, unknown>;
  if (!Array.isArray(seconds) || seconds.length === 0 || !seconds.every((each) => Number(each) > 0))
    throw new UsageError(`${file} has no list agent_seconds of positive numbers`);
  return {
    graphs: Object.entries(graphs).map(([name, graph]) => graphOf(file, name, graph)),
    agentSeconds: seconds.map(Number),
  };
}

function parse(file: string): unknown {
  try {
    const bytes = readFileSync(file);
    const text = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function graphOf(file: string, name: string, graph: unknown): Graph {
  const { tasks, needs } = graph as { tasks?: Issue[]; needs?: [string, string][] };
  if (!Array.isArray(tasks) || !Array.isArray(needs))
    throw new UsageError(`${file}: ${name} has no lists tasks and needs`);
  return { name, issues: tasks, needs };
}

/**
 * Cuts the graphs into batches of consecutive tasks, in the order in which they were created, and takes those with
 * the most dependencies among their own tasks, at least `fewestEdges`. What a batch needs from outside counts as done.
 */
export function batchesOf(
  graphs: readonly Graph[],
  { size, fewestEdges, most }: { size: number; fewestEdges: number; most: number },
): Batches {
  const leftOut: Record<string, number> = {};
  const leave = (why: string): void => {
    leftOut[why] = (leftOut[why] ?? 0) + 1;
  };
  const found: Batch[] = [];
  for (const graph of graphs) {
    const work = graph.issues.filter((issue) => WORK.has(issue.kind));
    work.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
    for (let from = 0; from + size <= work.length; from += size) {
      const batch = batchOf(`${graph.name} ${from / size + 1}`, work.slice(from, from + size), graph.needs);
      if (batch === undefined) leave('dependencies in a circle');
      else if (batch.edges < fewestEdges) leave(`fewer than ${fewestEdges} dependencies among its tasks`);
      else found.push(batch);
    }
  }
  found.sort((a, b) => b.edges - a.edges);
  for (const _batch of found.slice(most)) leave(`more than the ${most} asked for`);
  return { batches: found.slice(0, most), leftOut };
}

function batchOf(name: string, issues: Issue[], needs: readonly [string, string][]): Batch | undefined {
  const names = new Map(issues.map((issue, index) => [issue.id, `t${index + 1}`]));
  const after = new Map([...names.values()].map((name) => [name, new Set<string>()]));
  for (const [id, first] of needs) {
    const needed = names.get(first);
    if (id !== first && needed !== undefined) after.get(names.get(id) ?? '')?.add(needed);
  }
  const tasks = [...after].map(([id, needed]) => ({ id, after: [...needed] }));
  const edges = tasks.reduce((sum, task) => sum + task.after.length, 0);
  return hasCircle(after) ? undefined : { name, tasks, edges };
}

function hasCircle(after: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const left = new Map(after);
  for (;;) {
    const free = [...left].filter(([, needs]) => [...needs].every((id) => !left.has(id)));
    if (free.length === 0) return left.size > 0;
    for (const [id] of free) left.delete(id);
  }
}
