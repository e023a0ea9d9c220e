import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../error/index.js';
import { FileTooLarge, NotAFile, readSmall } from '../file/index.js';
import { isAlive, type ProcessIdentity } from '../process/index.js';

/** What `<sheet folder>/server` says of the process that answers for a sheet. */
export interface ServerFile {
  /** On 127.0.0.1. */
  port: number;
  /** What a request must bring. */
  secret: string;
  /** What an answer must bring: no request ever says it, so that whoever takes over the port does not learn it. */
  proof: string;
  process: ProcessIdentity;
  version: string;
}

const LONGEST_BYTES = 4_096;

export function serverFile(sheetFolder: string): string {
  return join(sheetFolder, 'server');
}

/** The file as it is; undefined when there is none, or none of ours. One value on each line: bash reads it too. */
export function readServerFile(sheetFolder: string): ServerFile | undefined {
  const [port = '', secret = '', proof = '', pid = '', startedAt = '', version = ''] =
    textOf(serverFile(sheetFolder))?.split('\n') ?? [];
  if (!/^\d{1,5}$/.test(port) || !/^\d{1,10}$/.test(pid) || secret === '' || startedAt === '')
    return undefined;
  return { port: Number(port), secret, proof, process: { pid: Number(pid), startedAt }, version };
}

/** The server that answers for a sheet now, as far as its process lives. */
export function liveServer(sheetFolder: string): ServerFile | undefined {
  const file = readServerFile(sheetFolder);
  return file !== undefined && isAlive(file.process) ? file : undefined;
}

/** Puts the file in its place at once, whole, for nobody else to read. */
export function writeServerFile(
  sheetFolder: string,
  { port, secret, proof, process, version }: ServerFile,
): void {
  const file = serverFile(sheetFolder);
  const beside = `${file}.${process.pid}`;
  const lines = [port, secret, proof, process.pid, process.startedAt, version];
  try {
    writeFileSync(beside, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Takes the file away, unless it is another server's by now. */
export function removeServerFile(sheetFolder: string, { secret }: ServerFile): void {
  if (readServerFile(sheetFolder)?.secret === secret) rmSync(serverFile(sheetFolder), { force: true });
}

function textOf(file: string): string | undefined {
  try {
    return readSmall(file, LONGEST_BYTES).toString('utf8');
  } catch (error) {
    if (error instanceof FileTooLarge || error instanceof NotAFile) return undefined;
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENXIO'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
