import { requireConflict } from '../../conflict/index.js';
import { quotedWithin } from '../../text/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { conflictDocument, sidesInWords } from './document.js';
import { CONFLICT_ID } from './fields.js';
import { standing } from './list.js';

export const conflictShow = defineOperation({
  name: 'conflict.show',
  rights: EVERYBODY,
  help: 'Show one conflict with the parts that do not fit',
  examples: ['callsheet conflict show conflict-1'],
  input: { id: CONFLICT_ID },
  async run({ sheet: { store } }, { id }) {
    const conflict = await requireConflict(store, id);
    return { ...(await conflictDocument(store, conflict)), hunks: conflict.hunks };
  },
  show: ({ hunks, ...conflict }) =>
    [
      `${conflict.id}: ${sidesInWords(conflict)}.`,
      standing(conflict),
      'First side: what landed; second side: the work that did not fit.',
      quotedWithin(hunks, 8_000),
    ].join('\n'),
});
