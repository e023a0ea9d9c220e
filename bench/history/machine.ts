import os from 'node:os';
import { git } from './git.js';

/** Where a result was measured. */
export interface Surroundings {
  date: string;
  /** Of this project; with a mark when it has uncommitted changes. */
  commit: string;
  machine: string;
  node: string;
  git: string;
}

export async function surroundings(project: string): Promise<Surroundings> {
  const cpus = os.cpus();
  const memory = `${Math.round(os.totalmem() / 1024 ** 3)} GiB`;
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: await commitOf(project),
    machine: `${cpus[0]?.model.trim() ?? 'unknown processor'}, ${cpus.length} cores, ${memory}, ${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    git: (await git(project, '--version')).replace('git version ', ''),
  };
}

async function commitOf(project: string): Promise<string> {
  const commit = await git(project, 'rev-parse', 'HEAD');
  const changes = await git(
    project,
    'status',
    '--porcelain',
    '--',
    'src',
    'bench/history.ts',
    'bench/history',
  );
  return `${commit.slice(0, 12)}${changes === '' ? '' : ' with uncommitted changes'}`;
}
