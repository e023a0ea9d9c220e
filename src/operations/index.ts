import { AGENT_OPERATIONS } from './agent/index.js';
import { brief } from './brief/index.js';
import { clean } from './clean/index.js';
import { CONFLICT_OPERATIONS } from './conflict/index.js';
import { doctor } from './doctor/index.js';
import { init, serve } from './guard/index.js';
import { LOCK_OPERATIONS } from './lock/index.js';
import { goal } from './goal.js';
import { log } from './log.js';
import { mcp } from './mcp.js';
import { MESSAGE_OPERATIONS } from './message/index.js';
import { NOTE_OPERATIONS } from './note/index.js';
import type { AnyOperation } from './operation.js';
import { RUN_OPERATIONS } from './run/index.js';
import { scratch } from './scratch.js';
import { SEARCH_OPERATIONS } from './search/index.js';
import { sql } from './sql.js';
import { status } from './status/index.js';
import { TASK_OPERATIONS } from './task/index.js';
import { TEAM_OPERATIONS } from './team/index.js';
import { undo } from './undo/index.js';

/** Every operation, in the order in which help shows them. The faces are derived from this table. */
export const OPERATIONS: readonly AnyOperation[] = [
  ...[init, serve, mcp],
  ...TEAM_OPERATIONS,
  ...RUN_OPERATIONS,
  ...[status, goal, log],
  ...AGENT_OPERATIONS,
  ...TASK_OPERATIONS,
  ...CONFLICT_OPERATIONS,
  ...LOCK_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...NOTE_OPERATIONS,
  ...[...SEARCH_OPERATIONS, brief, scratch],
  ...[undo, clean, doctor, sql],
];

export { openContext } from './context.js';
export { flagOf, placeholderOf, spelledOf, type Field, type Fields } from './fields.js';
export type { RawInput } from './input/index.js';
export { invoke } from './invoke.js';
export type { AnyOperation, Context } from './operation.js';
