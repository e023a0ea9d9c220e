import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from './documents.js';
import { removeFolder } from '../support/remove-folder.js';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface GivenApp extends AsyncDisposable {
  /** The repository's top. */
  root: string;
  /** Runs the real command line. */
  run(...args: string[]): Promise<Ended>;
  /** The document that a command prints with `--json`. */
  json(...args: string[]): Promise<unknown>;
  /** Runs a text in `sh` with `callsheet` on the PATH; the first command that fails ends it. */
  shell(text: string): Promise<Ended>;
}

/** A real repository with one commit on `main`, and the built command line. */
export async function givenApp(): Promise<GivenApp> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'callsheet-docs-')));
  const [root, bin] = [join(folder, 'app'), join(folder, 'bin')];
  const env = environment(folder, bin);
  mkdirSync(root);
  mkdirSync(bin);
  const command = join(bin, 'callsheet');
  writeFileSync(
    command,
    `#!/bin/sh\nexec '${process.execPath}' '${join(PROJECT, 'dist', 'callsheet.cjs')}' "$@"\n`,
  );
  chmodSync(command, 0o755);
  writeFileSync(join(root, 'README.md'), 'A repository\n');
  const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: root, env });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--message', 'Start');

  const start = (file: string, args: string[]): Promise<Ended> => endedOf(file, args, { cwd: root, env });
  return {
    root,
    run: (...args) => start(command, args),
    async json(...args) {
      const { stdout, stderr } = await start(command, [...args, '--json']);
      if (stdout === '') throw new Error(`callsheet ${args.join(' ')} printed nothing: ${stderr}`);
      return JSON.parse(stdout) as unknown;
    },
    shell: (text) => start('sh', ['-e', '-c', text]),
    async [Symbol.asyncDispose]() {
      removeFolder(folder);
    },
  };
}

/** The person's, without what would make the test somebody else than a person at a terminal. */
function environment(home: string, bin: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(CALLSHEET_|GIT_|npm_)/.test(name));
  const env = Object.fromEntries(kept) as Record<string, string>;
  return { ...env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), PATH: `${bin}:${env['PATH'] ?? ''}` };
}

async function endedOf(
  file: string,
  args: string[],
  place: { cwd: string; env: Record<string, string> },
): Promise<Ended> {
  const child = spawn(file, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, ...output };
}
