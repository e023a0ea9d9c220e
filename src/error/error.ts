/**
 * How a command ends, by exit code. The one table behind every exit and behind `callsheet help exit-codes`.
 */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  budget: 4,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof EXIT_CODES;

export interface ErrorDetails {
  /** What to do next, as an action. */
  hint?: string;
  /** How a command that ends with this error exits. Default `refused`. */
  exit?: ExitName;
  /** Machine-readable particulars (the holder, the cycle, the problems of a plan). */
  data?: unknown;
  cause?: unknown;
}

/**
 * An error that a person or a program can act on: a stable code, a sentence with the real names and numbers
 * that says what did not happen, and a hint that is an action.
 */
export class CallsheetError extends Error {
  override readonly name = 'CallsheetError';
  readonly hint: string | undefined;
  readonly exit: ExitName;
  readonly data: unknown;

  constructor(
    readonly code: string,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
    this.exit = details.exit ?? 'refused';
    this.data = details.data;
  }
}

/** A mistake in what was typed or written: exit code 2. */
export function usageError(code: string, message: string, hint?: string, data?: unknown): CallsheetError {
  return new CallsheetError(code, message, { exit: 'usage', ...(hint === undefined ? {} : { hint }), data });
}

/** Says that code believed unreachable was reached: a broken invariant, never a user's mistake. */
export function assertNever(value: never, what: string): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`);
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}

/** The `code` of a Node or SQLite error, when it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
