import { execFile } from 'node:child_process';
import { CallsheetError, usageError } from '../../error/index.js';
import { entryPoint } from '../../process/index.js';
import type { Row } from '../store.js';
import { mistakeIn } from './single-select.js';

export interface Question {
  /** The sheet's database. */
  file: string;
  /** One SELECT. */
  text: string;
  mostRows: number;
  /** How long SQLite may think. */
  timeoutMs: number;
  /** Ends it early. */
  signal: AbortSignal;
}

export interface Answer {
  rows: Row[];
  /** There were more rows than `mostRows`. */
  isCut?: true;
}

/** What the program answers: the rows, or what SQLite says of the statement. */
export type Said = Answer | { refused: string };

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Runs one SELECT of a person on the sheet, opened read-only: the database itself refuses writes. It runs in a process
 * of its own, since SQLite cannot be interrupted in ours, and a statement may never end.
 * @throws {CallsheetError} `SQL_INVALID` with what is wrong with the statement, `SQL_TOO_LONG` when it took longer than
 * `timeoutMs`, `SQL_TOO_LARGE` for an answer of more than 64 MB, `INTERRUPTED`.
 */
export async function queryReadOnly({ timeoutMs, signal, ...question }: Question): Promise<Answer> {
  const mistake = mistakeIn(question.text);
  if (mistake !== undefined) throw invalid(mistake);
  const ended = await ask(JSON.stringify(question), timeoutMs, signal);
  if (signal.aborted)
    throw new CallsheetError('INTERRUPTED', 'The question was stopped. Nothing was changed.', {
      exit: 'interrupted',
    });
  if (ended.isTooLarge) throw tooLarge();
  if (ended.isTimedOut) throw tooLong(timeoutMs);
  const said = JSON.parse(ended.stdout) as Said;
  if ('refused' in said) throw invalid(said.refused);
  return said;
}

interface Ended {
  stdout: string;
  isTimedOut: boolean;
  isTooLarge: boolean;
}

function ask(question: string, timeout: number, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = {
      timeout,
      killSignal: 'SIGKILL',
      maxBuffer: MOST_BYTES,
      encoding: 'utf8',
      signal,
    } as const;
    const child = execFile(process.execPath, [entryPoint('query')], options, (error, stdout, stderr) => {
      const isTooLarge = error?.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
      const isTimedOut = error?.killed === true && !isTooLarge;
      if (error === null || isTimedOut || isTooLarge || signal.aborted)
        resolve({ stdout, isTimedOut, isTooLarge });
      else reject(new Error(`the program of the question ended early: ${stderr.trim() || error.message}`));
    });
    // It may end before it has read the question; how it ended says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(question);
  });
}

function invalid(why: string): Error {
  return usageError(
    'SQL_INVALID',
    `The statement was refused: ${why}. Nothing was changed.`,
    'Write one SELECT; `callsheet sql ".tables"` lists tables and views.',
  );
}

function tooLong(timeoutMs: number): CallsheetError {
  return new CallsheetError(
    'SQL_TOO_LONG',
    `The statement was stopped: it took more than ${timeoutMs / 1_000} s. Nothing was changed.`,
    { hint: 'Ask for less: a WHERE with an index, a LIMIT, an end to a recursion.' },
  );
}

function tooLarge(): CallsheetError {
  return new CallsheetError(
    'SQL_TOO_LARGE',
    `The statement was stopped: its answer has more than ${MOST_BYTES} bytes. Nothing was changed.`,
    { hint: 'Ask for fewer rows or columns: a LIMIT, or substr() of long texts.' },
  );
}
