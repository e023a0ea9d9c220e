import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGE = 'node_modules/@photostructure/sqlite';

/**
 * The native part of the package on Linux, as it is shipped. The package finds it by itself, but takes three times as
 * long for that as loading it takes, at each start. Undefined where there is none, or one that was built here: then the
 * package knows.
 */
export function prebuiltSqlite(from: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const folder = packageFolder(from);
  if (folder === undefined || existsSync(join(folder, 'build'))) return undefined;
  const libc = existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
  const name = `prebuilds/linux-${process.arch}/@photostructure+sqlite.${libc}.node`;
  const file = join(folder, name);
  return existsSync(file) ? file : undefined;
}

function packageFolder(from: string): string | undefined {
  const folder = join(from, PACKAGE);
  if (existsSync(folder)) return folder;
  return dirname(from) === from ? undefined : packageFolder(dirname(from));
}
