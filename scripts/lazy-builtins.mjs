// An esbuild plugin: modules of Node that a short command does not use are loaded where they are first used. Loading
// `node:child_process` (with its sockets) and `node:fs/promises` (with readline) costs more than reading the sheet.
const LAZY = [
  ...['child_process', 'crypto', 'fs/promises', 'http', 'net', 'os', 'readline', 'readline/promises'],
  ...['stream', 'timers/promises', 'util', 'v8'],
];

/** @type {import('esbuild').Plugin} */
export const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^node:(${LAZY.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'lazy' ? { path, external: true } : { path, namespace: 'lazy' },
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default');
      return {
        contents: [
          'let loaded;',
          `for (const name of ${JSON.stringify(names)}) {`,
          '  Object.defineProperty(exports, name, {',
          `    enumerable: true, get: () => (loaded ??= require(${JSON.stringify(path)}))[name],`,
          '  });',
          '}',
        ].join('\n'),
      };
    });
  },
};
