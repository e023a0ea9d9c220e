import { CallsheetError } from '../error/index.js';

/** Why a run cannot start, and what to do about it. */
export interface Obstacle {
  code: string;
  message: string;
  hint: string;
  /** A mistake in what was typed or written, not in how things stand. */
  isUsage: boolean;
  data?: unknown;
}

/** A refusal by one part, so that it can be said together with those of the others. Anything else goes on as an error. */
export function obstacleOf(error: unknown): Obstacle {
  if (!(error instanceof CallsheetError)) throw error;
  const { code, hint = '', data } = error;
  // Each part says so for itself; together it is said once.
  const message = error.message.replace(/ (?:Nothing was (?:run|started|done)|No agent was started)\.$/, '');
  return {
    code,
    message,
    hint: hint.replace(/^Nothing was run\. /, ''),
    isUsage: error.exit === 'usage',
    ...(data === undefined ? {} : { data }),
  };
}

/** All obstacles as one refusal. It exits as wrong usage when one of them is. */
export function refusalOf(obstacles: readonly Obstacle[]): CallsheetError {
  const exit = obstacles.some((each) => each.isUsage) ? 'usage' : 'refused';
  const [first, ...others] = obstacles;
  if (first !== undefined && others.length === 0) {
    return new CallsheetError(first.code, `${first.message}\nNothing was started.`, {
      exit,
      hint: first.hint,
      data: first.data,
    });
  }
  const lines = obstacles.map(
    ({ code, message, hint }, index) => `${index + 1}. ${code}: ${message}\n   → ${hint}`,
  );
  return new CallsheetError(
    'PREFLIGHT',
    `${obstacles.length} things stand in the way:\n${lines.join('\n')}\nNothing was started.`,
    {
      exit,
      hint: 'Clear them all, then give the same command again; --dry-run only looks.',
      data: obstacles,
    },
  );
}
