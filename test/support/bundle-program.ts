import { build } from 'esbuild';
import { join } from 'node:path';

/** Bundles a small TypeScript program of the tests so that a child process can run it; returns its file. */
export async function bundleProgram(source: string, folder: string): Promise<string> {
  const outfile = join(folder, 'program.cjs');
  await build({
    stdin: { contents: source, loader: 'ts', resolveDir: join(import.meta.dirname, '../..') },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['@photostructure/sqlite'],
    define: { 'import.meta.dirname': 'bundleFolder', 'import.meta.url': 'bundleUrl' },
    banner: {
      js: `const bundleFolder = process.cwd();
const bundleUrl = require("node:url").pathToFileURL(bundleFolder + "/package.json").href;`,
    },
    logLevel: 'error',
  });
  return outfile;
}
