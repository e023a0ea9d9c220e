import { isTaskId } from '../task/index.js';
import { oneLine } from '../text/index.js';
import { addWrongType, type FieldReader } from './fields.js';

const RESOURCE = /^[A-Za-z0-9][A-Za-z0-9:._/-]{0,63}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
// What callsheet and git set themselves, and what would put other programs in place of theirs.
const RESERVED_VARIABLE = /^(CALLSHEET_.*|GIT_.*|PATH|__proto__)$/i;

/** True for a name such as `test-suite` or `port:3000`. */
export function isResourceName(name: string): boolean {
  return RESOURCE.test(name);
}

/** True for a variable that a plan may set: no `CALLSHEET_…`, no `GIT_…`, not `PATH`. */
export function isOwnVariable(name: string): boolean {
  return VARIABLE.test(name) && !RESERVED_VARIABLE.test(name);
}

const ID_RULE =
  'letters, digits, `.`, `_`, `-`, at most 64, such as `add-limiter`; no `..`, no `.lock` at the end';

export const readTaskId: FieldReader<string> = (node, key, problems) => {
  if (node.kind !== 'scalar') return addWrongType(node, key, problems, 'an id', '`add-limiter`');
  if (isTaskId(node.source)) return node.source;
  const shown = oneLine(node.source.toWellFormed(), 60);
  problems.add(node.offset, 'BAD_ID', `\`${key}\` is \`${shown}\`, which cannot name a branch`, ID_RULE);
  return undefined;
};

export const readResourceName: FieldReader<string> = (node, key, problems) => {
  if (node.kind === 'scalar' && isResourceName(node.source)) return node.source;
  problems.add(
    node.offset,
    'BAD_RESOURCE',
    `\`${key}\` names no resource`,
    'a name such as `test-suite` or `port:3000`',
  );
  return undefined;
};
