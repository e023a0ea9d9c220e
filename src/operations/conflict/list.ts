import { findConflicts } from '../../conflict/index.js';
import { oneLine, plainText } from '../../text/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { conflictDocument, sidesInWords, type ConflictDocument } from './document.js';

export const conflictList = defineOperation({
  name: 'conflict.list',
  rights: EVERYBODY,
  help: 'Show what work did not fit what had landed, whose it is, and what is decided about it',
  examples: ['callsheet conflict list', 'callsheet conflict list --all --json'],
  input: { all: { kind: 'flag', help: 'Also those that have ended' } },
  async run({ sheet: { store } }, { all }): Promise<{ conflicts: ConflictDocument[] }> {
    const found = await findConflicts(store, all ? {} : { state: 'open' });
    return { conflicts: await Promise.all(found.map((each) => conflictDocument(store, each))) };
  },
  show({ conflicts }) {
    if (conflicts.length === 0) return 'There is no conflict.';
    return conflicts.map((each) => `${each.id}: ${sidesInWords(each)}. ${standing(each)}`).join('\n');
  },
});

/** What is decided, and how it ended. */
export function standing({ id, decision, state, resolution = '' }: ConflictDocument): string {
  if (state === 'resolved') return `Ended: ${oneLine(plainText(resolution), 200)}.`;
  if (decision === undefined) return `To decide: callsheet conflict decide ${id}`;
  const { by, keep, reason } = decision;
  return `Decided by ${by}, keep ${keep}: “${oneLine(plainText(reason), 200)}”. It ends when the work lands.`;
}
