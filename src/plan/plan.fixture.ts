import { CallsheetError } from '../error/index.js';
import type { PlanProblem } from './plan.js';
import { readPlan } from './read-plan.js';

export const file = 'plan.yaml';
export const SPEC = 'Create src/limiter.ts with a token bucket of 10 per second.';

/** What is wrong with a plan that must be refused. */
export async function problemsOf(text: string): Promise<PlanProblem[]> {
  const error = await readPlan(text, { file }).catch((thrown: unknown) => thrown);
  if (!(error instanceof CallsheetError)) throw new Error('the plan was read', { cause: error });
  if (error.code !== 'PLAN_INVALID' || error.exit !== 'usage') throw error;
  return error.data as PlanProblem[];
}

export const plan = (...tasks: string[]): string =>
  `tasks:\n${tasks.map((task) => `  - ${task}`).join('\n')}\n`;
export const task = (id: string, more = ''): string =>
  `{id: ${id}, spec: "${SPEC}"${more === '' ? '' : `, ${more}`}}`;
export const top = (line: string): string => `${line}\n${plan(task('a'))}`;
