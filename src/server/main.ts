import { entryPoint } from '../process/index.js';
import { openSheet } from '../sheet/index.js';
import { serve } from './serve.js';
import { serverVersion } from './server-version.js';

// The server as the first session of a client starts it: `server.cjs GIT-COMMON-DIR`, detached, with nobody who reads
// what it says.

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());

async function main(): Promise<void> {
  const [commonDir = process.cwd()] = process.argv.slice(2);
  await using sheet = await openSheet(commonDir, { env: process.env });
  const running = await serve({
    sheet,
    version: serverVersion(),
    signal: interruption.signal,
    program: entryPoint('server'),
    env: process.env,
  });
  if (!running.isOther) await running.ended;
}

// Whatever is still open keeps nobody waiting: who asks is answered, and what was to be done is done.
main().then(
  () => process.exit(),
  () => process.exit(1),
);
