// An esbuild plugin: modules that a short command does not use are loaded where they are first used. Loading
// `node:child_process` (with its sockets) and `node:fs/promises` (with readline) costs more than reading the sheet.
const BUILTINS = [
  ...['child_process', 'crypto', 'fs/promises', 'http', 'net', 'os', 'readline', 'readline/promises'],
  ...['stream', 'timers/promises', 'util', 'v8'],
];

/**
 * @param {string[]} [packages] Packages that lie as files of their own beside the program: what V8 keeps of it grows with
 * every function in it, and is read as a whole at each start.
 * @returns {import('esbuild').Plugin}
 */
export function lazyParts(packages = []) {
  const wanted = [`node:(?:${BUILTINS.join('|')})`, ...packages].join('|');
  return {
    name: 'lazy-parts',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(?:${wanted})$`) }, ({ path, namespace }) =>
        namespace === 'lazy' ? { path, external: true } : { path, namespace: 'lazy' },
      );
      build.onResolve({ filter: /^\.\//, namespace: 'lazy' }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /.*/, namespace: 'lazy' }, async ({ path }) => {
        const names = Object.keys(await import(path)).filter((name) => name !== 'default');
        const place = path.startsWith('node:') ? path : `./${fileOf(path)}`;
        return {
          contents: [
            'let loaded;',
            `for (const name of ${JSON.stringify(names)}) {`,
            '  Object.defineProperty(exports, name, {',
            `    enumerable: true, get: () => (loaded ??= require(${JSON.stringify(place)}))[name],`,
            '  });',
            '}',
          ].join('\n'),
        };
      });
    },
  };
}

/** The file of a package that lies beside the program. */
export function fileOf(name) {
  return `${name}.cjs`;
}
