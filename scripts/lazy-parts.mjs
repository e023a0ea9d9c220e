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
      build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => {
        const place = path.startsWith('node:') ? path : `./${fileOf(path)}`;
        return { contents: lazily(place) };
      });
    },
  };
}

// What imports a module copies its own names into an object of its own, each time. Names that are inherited are not
// copied: a module has a hundred of them, of which one or two are ever asked for.
function lazily(place) {
  return `
    let loaded;
    const get = (_, name) => name === '__esModule' ? false : (loaded ??= require(${JSON.stringify(place)}))[name];
    const names = new Proxy({}, { get });
    module.exports = Object.create(names);
  `;
}

/**
 * An esbuild plugin: `createRequire(import.meta.url)` is the `require` that a bundle has anyway. The module it comes from
 * brings the loader of ES modules and source maps along.
 * @returns {import('esbuild').Plugin}
 */
export function ownRequire() {
  return {
    name: 'own-require',
    setup(build) {
      build.onResolve({ filter: /^node:module$/ }, ({ path }) => ({ path, namespace: 'own-require' }));
      build.onLoad({ filter: /.*/, namespace: 'own-require' }, () => ({
        contents: 'export const createRequire = () => require;',
      }));
    },
  };
}

/** The file of a package that lies beside the program. */
export function fileOf(name) {
  return `${name}.cjs`;
}
