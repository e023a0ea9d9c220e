import { type CallsheetError, usageError } from '../error/index.js';
import { plainText } from '../text/index.js';
import type { PlanProblem } from './plan.js';

/** A file with thousands of mistakes is the wrong file: the rest is counted, not kept. */
const MAX_PROBLEMS = 200;

/** Collects what is wrong in one file, with the place and what to write instead. */
export interface Problems {
  /** @param offset Where it stands in the text, in UTF-16 units. */
  add(offset: number, code: string, message: string, instead: string): void;
  lineOf(offset: number): number;
  /** True when further problems are only counted: what is costly to find out about them can be left out. */
  isFull(): boolean;
  /** @throws {CallsheetError} With all problems, one on each line. */
  fail(code: string): never;
  readonly list: readonly PlanProblem[];
}

/** Starts an empty list for a text. */
export function collectProblems(file: string, text: string): Problems {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const list: PlanProblem[] = [];
  let leftOut = 0;
  const lineOf = (offset: number): number => lastAtOrBelow(lineStarts, offset) + 1;
  return {
    list,
    lineOf,
    isFull: () => list.length >= MAX_PROBLEMS,
    add(offset, code, message, instead) {
      const line = lineOf(offset);
      const column = offset - (lineStarts[line - 1] ?? 0) + 1;
      // It quotes what somebody else wrote.
      if (list.length < MAX_PROBLEMS)
        list.push({ file, line, column, code, message: plainText(message), instead: plainText(instead) });
      else leftOut += 1;
    },
    fail(code) {
      throw invalidFile(code, list, leftOut);
    },
  };
}

function lastAtOrBelow(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** One line about a problem: where, what, and what to write instead. */
export function describeProblem({ file, line, column, message, instead }: PlanProblem): string {
  return `${file}:${line}:${column}: ${message}. Write: ${instead}`;
}

function invalidFile(code: string, problems: readonly PlanProblem[], leftOut: number): CallsheetError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(describeProblem);
  if (leftOut > 0) lines.push(`… and ${leftOut} more.`);
  const places = problems.length === 1 ? 'this place' : `these ${problems.length} places`;
  return usageError(
    code,
    lines.join('\n'),
    `Nothing was run. Correct ${places}, then repeat the command.`,
    sorted,
  );
}
