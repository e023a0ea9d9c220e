import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Known to take ten seconds or more on two cores. Where nothing is kept from an earlier run, Vitest would go by the
// sizes of the files, and most of these are short: one of them alone would be the end of every run.
const LONG = [
  'test/kill/kill',
  'test/command/init',
  'test/hostile/hostile',
  'test/clients/guard',
  'test/clients/team',
  'test/clients/guard-opencode',
  'test/clients/guard-gemini',
  'test/simulation/schedules-even',
  'test/simulation/schedules-odd',
  'test/run/worker',
  'test/run/signals',
  'test/run/workspace',
  'test/command/lead',
  'test/command/base-gate',
  'test/hook/script',
  'bench/run/benchmark',
  'bench/history/benchmark',
  'src/driver/conformance',
  'test/mcp/hostile',
  'test/simulation/model',
  'test/concurrency/writers',
  'test/team/story',
  'src/operations/run/land-branch',
  'test/landing/gate',
  'test/landing/landing',
  'src/plan/hostile-plan',
  'test/docs/lead-and-workers',
  'test/guard/ordinary-sessions',
];

/** Begins with the longest test files, so that no core is idle at the end while one works through the last. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const at = LONG.indexOf(path.relative(this.ctx.config.root, moduleId).replace(/\.test\.ts$/, ''));
      return at === -1 ? LONG.length : at;
    };
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    return projects.flatMap((name) =>
      sorted.filter(({ project }) => project.name === name).sort((a, b) => rankOf(a) - rankOf(b)),
    );
  }
}
