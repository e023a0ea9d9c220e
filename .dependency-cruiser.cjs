// The house: arrows go down only. Each layer may import its own and those below it.
const LAYERS = {
  cli: ['cli'],
  mcp: ['mcp'],
  operations: ['operations'],
  // What clients and their hooks ask, in their words.
  hooks: ['server', 'hook'],
  // Puts the tables of all folders below together and opens the database.
  sheet: ['sheet'],
  engine: ['guard', 'team', 'supervisor', 'landing', 'worker', 'driver', 'workspace'],
  records: [
    ...['run', 'plan', 'task', 'agent', 'lock', 'read', 'write', 'blob', 'message'],
    ...['note', 'goal', 'notice', 'conflict', 'checkpoint', 'snapshot', 'gate', 'event', 'config'],
  ],
  // The settings of the programs that people work in with agents; what callsheet puts where git looks for hooks.
  'set-up': ['client', 'git-guard'],
  ground: ['store', 'git', 'tmux', 'process', 'text', 'file', 'error'],
};

/** Which engine folders an engine folder may import, besides records and ground. */
const ENGINE = {
  guard: ['workspace'],
  team: ['guard'],
  supervisor: ['landing', 'worker', 'driver', 'workspace'],
  landing: ['workspace'],
  worker: ['landing', 'driver', 'workspace'],
  driver: [],
  workspace: [],
};

// Tests, and what tests of several folders share.
const TEST = '\\.test\\.ts$|^src/.*/(given|conformance)[^/]*\\.ts$|^test/';
const folders = (names) => `^src/(${names.join('|')})/`;

const layerNames = Object.keys(LAYERS);
const upward = layerNames.slice(1).map((layer, index) => ({
  name: `${layer}-imports-upward`,
  comment: `${layer} knows nothing of what stands above it.`,
  severity: 'error',
  from: { path: folders(LAYERS[layer]), pathNot: TEST },
  to: { path: folders(layerNames.slice(0, index + 1).flatMap((above) => LAYERS[above])) },
}));

const engine = Object.entries(ENGINE).map(([folder, allowed]) => ({
  name: `engine-${folder}`,
  comment: `Of the engine, ${folder} may import ${allowed.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: folders([folder]), pathNot: TEST },
  to: { path: folders(LAYERS.engine.filter((name) => name !== folder && !allowed.includes(name))) },
}));

module.exports = {
  forbidden: [
    ...upward,
    ...engine,
    {
      name: 'no-cycle',
      comment: 'No cycles at run time; types may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-through-index',
      comment: "Another folder is imported only through its public face, the folder's index.ts.",
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: TEST },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] },
    },
    {
      name: 'main-through-index',
      comment: 'main.ts knows everyone, by their public faces.',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: '^src/[^/]+/index\\.ts$' },
    },
    {
      name: 'event-is-lowest-record',
      comment: 'Every record writes events, so event can know none of them.',
      severity: 'error',
      from: { path: '^src/event/', pathNot: TEST },
      to: {
        path: folders(LAYERS.records.filter((name) => name !== 'event')),
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'task-stands-alone',
      comment:
        'A task knows what was planned, who claims it and what it logs; nothing else that is built on tasks.',
      severity: 'error',
      from: { path: '^src/task/', pathNot: TEST },
      to: {
        path: folders(LAYERS.records.filter((name) => !['task', 'plan', 'agent', 'event'].includes(name))),
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: { pathNot: TEST },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'known-folders-only',
      comment:
        'A new folder under src/ is a new word of the domain: give it a layer at the top of this file.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: folders(Object.values(LAYERS).flat()) },
    },
    {
      name: 'no-test-code-in-product',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports are seen too, so that a type cannot point upward either; the cycle rule leaves them out.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
