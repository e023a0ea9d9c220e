#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openOutput, printError, runCommandLine, type Streams } from './cli/index.js';
import { EXIT_CODES, errorCode } from './error/index.js';

const interruption = new AbortController();

/** The first interruption asks for a clean end, the second one takes it at once. */
function onSignal(): void {
  if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted);
  interruption.abort();
}

let isReaderGone = false;

/** A reader that has seen enough (`| head`) or a closed terminal is no error: what still runs is ended cleanly. */
function onOutputError(error?: Error): void {
  if (error !== undefined && !['EPIPE', 'EIO'].includes(errorCode(error) ?? '')) throw error;
  isReaderGone = true;
  interruption.abort();
}

/** `package.json` lies above the source and above the bundle alike. */
function version(): string {
  const manifest = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

const [stdout, stderr] = [openOutput(1, onOutputError), openOutput(2, onOutputError)];
const streams: Streams = { stdout: stdout.write, stderr: stderr.write, isTerminal: stdout.isTerminal };

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

process.on('uncaughtException', (error) => {
  process.exit(printError(error, streams, process.argv.includes('--json'), process.env));
});

void runCommandLine({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  pid: process.pid,
  version,
  signal: interruption.signal,
  streams,
}).then((exitCode) => {
  process.exitCode = isReaderGone ? EXIT_CODES.done : exitCode;
});
