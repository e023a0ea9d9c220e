import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { cleanEnvironment, entryPoint } from '../process/index.js';

/** What a server needs of the surroundings of the first session; nothing of it is a secret of the client. */
const NEEDED = /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LC_[A-Z]+|XDG_[A-Z_]+)$/;

/**
 * Starts the server of a sheet, unless `CALLSHEET_NO_SERVER=1` forbids it. One that finds another there ends at once;
 * else it goes on when the session ends, and ends by itself. Nobody waits for it.
 */
export function startServer(sheetFolder: string, env: NodeJS.ProcessEnv): void {
  if (env['CALLSHEET_NO_SERVER'] === '1') return;
  const commonDir = dirname(resolve(sheetFolder));
  const child = spawn(process.execPath, [entryPoint('server'), commonDir], {
    cwd: commonDir,
    detached: true,
    stdio: 'ignore',
    env: environmentOf(commonDir, env),
  });
  // Without it hooks take longer, and are answered all the same.
  child.on('error', () => undefined);
  child.unref();
}

function environmentOf(commonDir: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const clean = cleanEnvironment(env, { repositoryRoot: dirname(commonDir) });
  const store = env['CALLSHEET_STORE'];
  return {
    ...Object.fromEntries(Object.entries(clean).filter(([name]) => NEEDED.test(name))),
    ...(store === undefined ? {} : { CALLSHEET_STORE: store }),
  };
}
