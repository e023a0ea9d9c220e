import { CallsheetError, EXIT_CODES, explainedDisk, messageOf } from '../error/index.js';
import { plainJson, plainText } from '../text/index.js';

/** Where a command writes: the process's own streams, or those of a test. */
export interface Streams {
  stdout: (text: string) => void;
  stderr: (text: string) => void;
  isTerminal: boolean;
}

/** Prints what went wrong and answers how the process exits. */
export function printError(
  thrown: unknown,
  streams: Streams,
  asJson: boolean,
  env: NodeJS.ProcessEnv,
): number {
  const error = explainedDisk(thrown);
  const { code, message, hint, data } = factsOf(error);
  const stack = env['CALLSHEET_DEBUG'] === '1' && error instanceof Error ? error.stack : undefined;
  if (asJson) {
    const told = {
      code,
      message,
      hint: hint ?? null,
      ...(data === undefined ? {} : { data }),
      ...(stack === undefined ? {} : { stack }),
    };
    streams.stderr(`${plainJson({ error: told })}\n`);
  } else {
    streams.stderr(`error ${code}: ${plainText(message)}\n`);
    if (hint !== undefined) streams.stderr(`hint: ${plainText(hint)}\n`);
    if (stack !== undefined) streams.stderr(`${plainText(stack)}\n`);
  }
  return error instanceof CallsheetError ? EXIT_CODES[error.exit] : EXIT_CODES.failed;
}

function factsOf(error: unknown): {
  code: string;
  message: string;
  hint?: string | undefined;
  data?: unknown;
} {
  if (error instanceof CallsheetError) return error;
  const message = messageOf(error).split('\n')[0] ?? '';
  return {
    code: 'INTERNAL',
    message: `${message} (this is a mistake in callsheet)`,
    hint: 'Set CALLSHEET_DEBUG=1 to see where it happened, and report it.',
  };
}
