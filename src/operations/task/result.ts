import { usageError } from '../../error/index.js';
import { insideRepository } from '../../git/index.js';
import { defined } from '../../store/index.js';
import type { Task, TaskResult } from '../../task/index.js';
import { plainText } from '../../text/index.js';
import type { Fields } from '../fields.js';
import type { Context } from '../operation.js';

/** What a finished task can say. */
export const RESULT_FIELDS = {
  summary: { kind: 'text', positional: true, maxChars: 4_000, help: 'What was done; default: the title' },
  resultFile: {
    kind: 'json-file',
    help: 'The result as JSON: {"summary","files","findings","data"}, - for standard input',
  },
  file: { kind: 'path', many: true, help: 'A file that was written' },
  finding: { kind: 'text', many: true, maxChars: 2_000, help: 'What others should know' },
  commit: { kind: 'name', placeholder: 'COMMIT', help: 'The commit that holds the work' },
} as const satisfies Fields;

interface GivenResult {
  summary?: string;
  resultFile?: unknown;
  file: string[];
  finding: string[];
  commit?: string;
}

const MOST_ENTRIES = 200;
const KEYS = ['summary', 'files', 'findings', 'commit', 'data'];

/** Puts together what the options and the result file say; an option wins. */
export async function mergeResult(context: Context, task: Task, given: GivenResult): Promise<TaskResult> {
  const file = fileResult(given.resultFile);
  const named = given.commit ?? textIn(file, 'commit');
  const commit = named === undefined ? undefined : await commitOf(context, named);
  const paths = textsIn(file, 'files').map((path) => insideRepository(context.sheet.root, path));
  const summary = given.summary ?? textIn(file, 'summary') ?? task.title;
  return {
    summary: plainText(summary).slice(0, 4_000),
    files: [...new Set([...given.file, ...paths])],
    findings: [...given.finding, ...textsIn(file, 'findings').map((text) => plainText(text).slice(0, 2_000))],
    ...defined({ commit, data: file['data'] }),
  };
}

/** The commit of a name. @throws {CallsheetError} `COMMIT_UNKNOWN` (usage). */
export async function commitOf(context: Context, name: string): Promise<string> {
  const commit = await (await context.repository()).resolve(name);
  if (commit !== undefined) return commit;
  throw usageError(
    'COMMIT_UNKNOWN',
    `There is no commit “${name}” in this repository. Nothing was changed.`,
    'Name a branch, a tag or a commit id.',
  );
}

function fileResult(value: unknown): Record<string, unknown> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('is no JSON object');
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(`has the key “${unknown.slice(0, 40)}”, which means nothing here`);
  return value as Record<string, unknown>;
}

function textIn(file: Record<string, unknown>, key: string): string | undefined {
  const value = file[key];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`has a ${key} that is no text`);
}

function textsIn(file: Record<string, unknown>, key: string): string[] {
  const value = file[key] ?? [];
  if (Array.isArray(value) && value.length <= MOST_ENTRIES && value.every((each) => typeof each === 'string'))
    return value;
  throw invalid(`has ${key} that are no list of at most ${MOST_ENTRIES} texts`);
}

function invalid(what: string): Error {
  return usageError(
    'RESULT_INVALID',
    `The result file ${what}. Nothing was changed.`,
    'Write {"summary": "…", "files": ["…"], "findings": ["…"], "data": …}; every key may be left out.',
  );
}
