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

// The results themselves are written there too, and change nothing of what is measured.
async function commitOf(project: string): Promise<string> {
  const commit = await git(project, 'rev-parse', 'HEAD');
  const measured = ['src', 'bench', ':(exclude)bench/results'];
  const changes = await git(project, 'status', '--porcelain', '--', ...measured);
  return `${commit.slice(0, 12)}${changes === '' ? '' : ' with uncommitted changes'}`;
}

/** The lines of a result file that say where it was measured. */
export function surroundingsLines(where: Surroundings): string[] {
  return [
    `- date: ${where.date}`,
    `- commit of callsheet: ${where.commit}`,
    `- machine: ${where.machine}`,
    `- Node ${where.node}, git ${where.git}`,
  ];
}
