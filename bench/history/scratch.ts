import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, realpath, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { git } from '../support/git.js';
import type { Source } from './source.js';

/** A repository of our own that borrows the objects of the one that is replayed, and writes nothing there. */
export interface Scratch extends AsyncDisposable {
  folder: string;
  /** Bare: nobody has it checked out. */
  repository: string;
  /** Holds the two signals of the agents. */
  signals: string;
  /** Tells the first task's agent that the second is at work. */
  tellBegun(): Promise<void>;
  /** Tells the second task's agent that the first has landed, or never will. */
  tellLanded(): Promise<void>;
  /** Forgets signals that nobody has waited for. */
  renewSignals(): Promise<void>;
}

/** With `keep` it is left for a look. */
export async function openScratch(source: Source, { keep = false } = {}): Promise<Scratch> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'callsheet-history-')));
  const repository = join(folder, source.name);
  const signals = join(folder, 'signals');
  await git(
    folder,
    'init',
    '--quiet',
    '--bare',
    '--template=',
    `--object-format=${source.objectFormat}`,
    repository,
  );
  await mkdir(join(repository, 'objects', 'info'), { recursive: true });
  await writeFile(join(repository, 'objects', 'info', 'alternates'), `${source.objects}\n`);
  await git(repository, 'config', 'gc.auto', '0');
  await git(repository, 'config', 'user.name', 'History');
  await git(repository, 'config', 'user.email', 'history@localhost');
  let pipes: FileHandle[] = [];
  const closePipes = async (): Promise<void> => {
    await Promise.all(pipes.map((pipe) => pipe.close()));
    pipes = [];
  };
  return {
    folder,
    repository,
    signals,
    tellBegun: async () => void (await pipes[0]?.write('begun\n')),
    tellLanded: async () => void (await pipes[1]?.write('landed\n')),
    async renewSignals() {
      await closePipes();
      await rm(signals, { recursive: true, force: true });
      pipes = await openPipes(signals);
    },
    async [Symbol.asyncDispose]() {
      await closePipes();
      if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

// Opened for reading too, so that neither end waits for the other, and what was said stays until it is read.
async function openPipes(signals: string): Promise<FileHandle[]> {
  await mkdir(signals);
  const files = ['begun', 'landed'].map((name) => join(signals, name));
  await promisify(execFile)('mkfifo', files);
  return Promise.all(files.map((file) => open(file, 'r+')));
}
