import { readEnvValue } from './env-template.js';
import { field, integerFrom, listOf, mappingOf, present, readCommand, readLine } from './fields.js';
import { isOwnVariable, isResourceName } from './names.js';
import { readPath } from './paths.js';
import type { Preparation } from './plan.js';
import type { Problems } from './problems.js';
import type { YamlMap } from './yaml-node.js';

/** The keys of {@link Preparation}, which a plan and the configuration share. */
export const PREPARATION_KEYS = [
  'gate',
  'setup',
  'setupInputs',
  'copy',
  'keep',
  'env',
  'workspaces',
  'resources',
] as const;

const VARIABLE_NAME = {
  code: 'BAD_ENV_NAME',
  instead: 'letters, digits and `_`; not PATH, GIT_… or CALLSHEET_…',
};
const RESOURCE_NAME = { code: 'BAD_RESOURCE', instead: 'a name such as `test-suite` or `port:3000`' };

/** Reads the keys of {@link Preparation} from the top of a plan or configuration. */
export function readPreparation(map: YamlMap, problems: Problems): Preparation {
  const paths = listOf(readPath);
  const readEnv = mappingOf(isOwnVariable, VARIABLE_NAME, readEnvValue);
  const readResources = mappingOf(isResourceName, RESOURCE_NAME, integerFrom(1, 1_000, 'BAD_RESOURCE'));
  return present<Preparation>({
    gate: field(map, 'gate', problems, readCommand),
    setup: field(map, 'setup', problems, readCommand),
    setupInputs: field(map, 'setupInputs', problems, paths),
    copy: field(map, 'copy', problems, paths) ?? [],
    keep: field(map, 'keep', problems, paths) ?? [],
    env: field(map, 'env', problems, readEnv) ?? {},
    workspaces: field(map, 'workspaces', problems, readLine),
    resources: field(map, 'resources', problems, readResources) ?? {},
  });
}
