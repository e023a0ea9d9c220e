import { usageError } from '../../error/index.js';
import { findTask, requireTask, type Task } from '../../task/index.js';
import { oneLine, plainText } from '../../text/index.js';
import type { Context } from '../operation.js';
import { pathMeant } from '../search/index.js';
import { sessionOf } from '../session.js';

/** What a brief is about: one task, one file or folder, or the sheet as a whole. */
export interface About {
  task?: Task;
  path?: string;
  /** How much of one text is shown, for so many characters of a brief of 2,000 tokens. */
  most: (chars: number) => number;
}

const USUAL_TOKENS = 2_000;
// Less of a text would say nothing.
const LEAST_CHARS = 80;

/**
 * What is meant; a session that works on a task and says nothing means that.
 * @throws {CallsheetError} `BRIEF_UNKNOWN` (usage).
 */
export async function aboutOf(context: Context, text: string | undefined, maxTokens: number): Promise<About> {
  const most = (chars: number): number =>
    Math.max(LEAST_CHARS, Math.floor((chars * maxTokens) / USUAL_TOKENS));
  return { ...(await meant(context, text)), most };
}

async function meant(context: Context, text: string | undefined): Promise<Pick<About, 'task' | 'path'>> {
  const { store } = context.sheet;
  if (text === undefined) {
    const { agentId } = context.actor;
    const { taskId } = agentId === undefined ? {} : await sessionOf(store, context, agentId);
    return taskId === undefined ? {} : { task: await requireTask(store, taskId) };
  }
  const task = await findTask(store, text.trim());
  if (task !== undefined) return { task };
  const path = await pathMeant(context, text);
  if (path !== undefined) return { path };
  throw usageError(
    'BRIEF_UNKNOWN',
    `“${oneLine(plainText(text), 100)}” is no task of this sheet, and no file or folder that there is or has been.`,
    'See the tasks: callsheet task list',
  );
}
