import type { Proposal } from '../../supervisor/index.js';
import { defined } from '../../store/index.js';

/** What a run would do, for a program. */
export interface ProposalDocument {
  type: 'proposal';
  goal?: string;
  approach?: string;
  /** In the order in which they can be done. */
  tasks: {
    id: string;
    title: string;
    after: string[];
    files: string[];
    priority: number;
    estimateMs?: number;
  }[];
  /** So many tasks can run at once. */
  width: number;
  criticalPath: { ids: string[]; ms: number };
  overlaps: { one: string; other: string; paths: string[] }[];
  workers: number;
  agent: string;
  gate?: string;
  setup?: string;
  proposedSetup?: string;
  into?: string;
  workspaces: string;
  /** What a person is asked to agree to. */
  asks: string[];
  warnings: string[];
}

export function proposalDocument(
  proposal: Proposal,
  warnings: readonly string[],
  asks: string[],
): ProposalDocument {
  const { goal, approach, shape, options, proposedSetup } = proposal;
  const { gate, setup, into, workers, agent, workspaces } = options;
  const byId = new Map(proposal.tasks.map((task) => [task.id, task]));
  return {
    type: 'proposal',
    tasks: shape.order.flatMap((id) => {
      const task = byId.get(id);
      if (task === undefined) return [];
      const { title, after, files, priority, estimateMs } = task;
      return [{ id, title, after, files, priority, ...defined({ estimateMs }) }];
    }),
    width: shape.width,
    criticalPath: shape.criticalPath,
    overlaps: shape.overlaps.map(({ one, other, paths }) => ({ one, other, paths: [...paths] })),
    ...{ workers, agent, workspaces, asks },
    warnings: [
      ...warnings,
      ...proposal.warnings.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    ],
    ...defined({ goal, approach, gate, setup, proposedSetup, into }),
  };
}
