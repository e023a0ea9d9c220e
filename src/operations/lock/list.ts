import { findLocks } from '../../lock/index.js';
import { formatDuration, oneLine, tableOf } from '../../text/index.js';
import { namesOf } from '../names.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { lockDocument } from './document.js';

export const lockList = defineOperation({
  name: 'lock.list',
  rights: EVERYBODY,
  help: 'Show who has locked what, and who waits',
  input: {},
  async run({ sheet }) {
    const now = sheet.store.clock.now();
    // What has run out and was not taken back yet holds nobody up.
    const locks = (await findLocks(sheet.store)).filter((lock) => lock.expiresAt > now);
    const names = await namesOf(
      sheet.store,
      locks.map((lock) => lock.agentId),
    );
    return { locks: locks.map((lock) => ({ ...lockDocument(lock, names), leftMs: lock.expiresAt - now })) };
  },
  show({ locks }) {
    if (locks.length === 0) return 'Nothing is locked.';
    const rows = locks.map((lock) => [
      ...[lock.id, lock.state, lock.agent, lock.task ?? ''],
      formatDuration(lock.leftMs),
      oneLine([...lock.paths, ...lock.resources].join(' '), 80),
      oneLine(lock.reason ?? '', 60),
    ]);
    return tableOf([['LOCK', 'STATE', 'AGENT', 'TASK', 'LEFT', 'WHAT', 'WHY'], ...rows]);
  },
});
