import { defined } from '../../store/index.js';
import type { Fields, InputOf } from '../fields.js';

const VERDICTS = ['approved', 'changes-requested'] as const;

/** What a message may carry besides its text. Which type may carry what is checked when it is sent. */
export const DATA_FIELDS = {
  option: {
    kind: 'text',
    many: true,
    maxChars: 500,
    help: 'Of a QUESTION or BLOCKER: an answer that would do',
  },
  path: {
    kind: 'path',
    many: true,
    help: 'A file or folder that a QUERY, an INSTRUCTION or a REVIEW_REQUEST is about',
  },
  commit: {
    kind: 'name',
    placeholder: 'COMMIT',
    help: 'Of a REVIEW_REQUEST: the commit that holds the work',
  },
  verdict: { kind: 'choice', choices: VERDICTS, help: 'Of a REVIEW_RESULT' },
  finding: {
    kind: 'text',
    many: true,
    maxChars: 2_000,
    help: 'Of a REVIEW_RESULT: what is to be changed or known',
  },
} as const satisfies Fields;

export type GivenData = InputOf<typeof DATA_FIELDS>;

export function dataOf(given: GivenData): object {
  const { option, path, finding, commit, verdict } = given;
  return defined({
    options: listed(option),
    paths: listed(path),
    findings: listed(finding),
    commit,
    verdict,
  });
}

function listed(values: string[]): string[] | undefined {
  return values.length === 0 ? undefined : values;
}
