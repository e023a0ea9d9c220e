import type { Statement } from '../../src/store/sqlite/database.js';

/** What of each table is compared with the log. */
const LOOKED_AT = {
  task: 'id, state, attempt, run_id, claimed_by, landed_as, reason from task',
  landing: 'id, state, commit_id from landing',
  run: 'id, state, epoch from run',
  openLock: 'id, state, task_id, attempt from lock where ended_ms is null',
  liveAgent: 'id from agent where ended_ms is null',
} as const;

export type LookedAt = keyof typeof LOOKED_AT;

/** The values of the columns, in their order. */
export type Values = (string | number | null)[];

export const LOOK = `select ${Object.entries(LOOKED_AT)
  .map(([name, what]) => {
    const [columns = '', from = ''] = what.split(' from ');
    return `(select json_group_array(json_array(${columns})) from ${from}) as ${name}`;
  })
  .join(', ')}`;

/**
 * The tables as they are after a commit, whole: what was changed without an event is to be seen. As one text for each
 * they are read at once, and known to be as they were without being taken apart.
 */
export class Looks {
  private readonly seen = new Map<LookedAt, { text: string; rows: Values[] }>();

  /**
   * Reads every table again.
   * @param statement Of {@link LOOK}.
   * @returns Those that are not as they were.
   */
  again(statement: Statement): Set<LookedAt> {
    const changed = new Set<LookedAt>();
    const row = statement.get() ?? {};
    for (const name of Object.keys(LOOKED_AT) as LookedAt[]) {
      const text = String(row[name]);
      if (text === this.seen.get(name)?.text) continue;
      this.seen.set(name, { text, rows: JSON.parse(text) as Values[] });
      changed.add(name);
    }
    return changed;
  }

  rows(name: LookedAt): Values[] {
    return this.seen.get(name)?.rows ?? [];
  }
}
