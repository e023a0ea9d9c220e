import type { Preparation } from '../plan/index.js';

/**
 * What counts when configuration, plan and options all say something: an option over the plan over the configuration.
 * `env` and `resources` are merged name by name; `copy` and `keep` are added up, since a plan cannot know what else a
 * workspace of this repository needs.
 */
export function mergePreparation(
  config: Preparation,
  plan: Preparation,
  options: Partial<Preparation> = {},
): Preparation {
  const all: Partial<Preparation>[] = [config, plan, options];
  return {
    ...stated(config),
    ...stated(plan),
    ...stated(options),
    copy: [...new Set(all.flatMap((one) => one.copy ?? []))],
    keep: [...new Set(all.flatMap((one) => one.keep ?? []))],
    env: { ...config.env, ...plan.env, ...options.env },
    resources: { ...config.resources, ...plan.resources, ...options.resources },
  };
}

/** The keys that hold one value and are stated, without what else a plan or configuration carries. */
function stated({ gate, setup, setupInputs, workspaces }: Partial<Preparation>): Partial<Preparation> {
  return {
    ...(gate === undefined ? {} : { gate }),
    ...(setup === undefined ? {} : { setup }),
    ...(setupInputs === undefined ? {} : { setupInputs }),
    ...(workspaces === undefined ? {} : { workspaces }),
  };
}
