export type { Plan, PlannedTask, PlanProblem, Preparation } from './plan.js';
export { expandEnv } from './env-template.js';
export { describeProblem } from './problems.js';
export { DEFAULT_ESTIMATE_MS, shapeOf, type PlanShape, type ShapedTask } from './plan-shape.js';
export { readPlan, readPlanFile, type ReadPlan } from './read-plan.js';
// For `callsheet.config.yaml`, which is read with the same words and the same errors.
export {
  checkKeys,
  field,
  integerFrom,
  present,
  readDuration,
  readFlag,
  readLine,
  readName,
  type FieldReader,
} from './fields.js';
export { PREPARATION_KEYS, readPreparation } from './preparation.js';
export { readSmallFile, textOfSmallFile } from './read-small-file.js';
export { readYaml } from './read-yaml.js';
