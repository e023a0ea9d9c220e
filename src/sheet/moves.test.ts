import { describe, expect, it } from 'vitest';
import { LOCK_MOVES } from '../lock/lock.js';
import { RECIPIENT_MOVES } from '../message/message.js';
import { RUN_MOVES } from '../run/run.js';
import { openDatabase } from '../store/sqlite/database.js';
import { TASK_MOVES } from '../task/task.js';
import { MIGRATIONS } from './migrations.js';

const TABLES: [trigger: string, moves: Record<string, readonly string[]>][] = [
  ['task_moves', TASK_MOVES],
  ['run_moves', RUN_MOVES],
  ['lock_moves', LOCK_MOVES],
  ['message_moves', RECIPIENT_MOVES],
];

/** The condition under which a trigger lets a move pass, evaluated by the database itself. */
function legalInSheet(trigger: string): (from: string, to: string) => boolean {
  const database = openDatabase(':memory:');
  for (const { sqlite } of MIGRATIONS) database.exec(sqlite);
  const row = database.prepare('select sql from sqlite_schema where name = ?').get(trigger);
  const condition = /\bnot\s*\(([\s\S]*)\)\s*begin\b/i.exec(String(row?.['sql']))?.[1] ?? 'no such trigger';
  const asked = condition.replaceAll('old.state', ':was').replaceAll('new.state', ':becomes');
  const statement = database.prepare(`select ${asked} as legal`);
  return (was, becomes) => statement.get({ was, becomes })?.['legal'] === 1;
}

describe('the sheet lets the same moves pass as the code lists', () => {
  for (const [trigger, moves] of TABLES) {
    it(trigger, () => {
      const isLegal = legalInSheet(trigger);
      const states = Object.keys(moves);
      const found = states.map((from) => [from, states.filter((to) => to !== from && isLegal(from, to))]);
      const listed = states.map((from) => [from, states.filter((to) => moves[from]?.includes(to))]);
      expect(found).toEqual(listed);
    });
  }
});
