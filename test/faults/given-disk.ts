import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface Disk extends Disposable {
  path: string;
  /** A shell command that leaves no free byte on it. */
  fillCommand: string;
  fill(): void;
  makeRoom(): void;
  makeReadOnly(): void;
  makeWritable(): void;
}

/**
 * A small disk of its own (tmpfs) in place of a folder, with what the folder held. Real mounts, since nothing else fills
 * up as a disk does: for every program, in every call.
 */
export function givenDisk(path: string, mebibytes: number): Disk {
  const before = `${path}.before`;
  const had = existsSync(path);
  if (had) renameSync(path, before);
  mkdirSync(path);
  run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'tmpfs', path]);
  if (had) cpSync(before, path, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  const filler = join(path, 'fill');
  const unmount = (): void => {
    spawnSync('umount', ['--lazy', path]);
  };
  process.once('exit', unmount);
  return {
    path,
    fillCommand: `{ dd if=/dev/zero of='${filler}' bs=64k oflag=append conv=notrunc; dd if=/dev/zero of='${filler}' bs=4k oflag=append conv=notrunc; } 2>/dev/null || true`,
    fill: () => fill(filler),
    makeRoom: () => rmSync(filler),
    makeReadOnly: () => run('mount', ['-o', 'remount,ro', path]),
    makeWritable: () => run('mount', ['-o', 'remount,rw', path]),
    [Symbol.dispose]() {
      process.removeListener('exit', unmount);
      unmount();
      rmSync(path, { recursive: true, force: true });
      if (had) renameSync(before, path);
    },
  };
}

/** Makes one file read-only whoever asks, root too: a mount of it on itself. */
export function givenReadOnlyFile(path: string): Disposable {
  run('mount', ['--bind', path, path]);
  run('mount', ['-o', 'remount,bind,ro', path]);
  const unmount = (): void => {
    spawnSync('umount', ['--lazy', path]);
  };
  process.once('exit', unmount);
  return {
    [Symbol.dispose]() {
      process.removeListener('exit', unmount);
      unmount();
    },
  };
}

function run(program: string, args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `${program} ${args.join(' ')}: ${stderr.trim()}. These tests mount small disks: run them as root, in a container that may (--cap-add SYS_ADMIN), or under \`unshare --mount --map-root-user\`.`,
  );
}

function fill(file: string): void {
  const descriptor = openSync(file, 'a');
  try {
    for (let bytes = 1024 * 1024; bytes >= 4096;) {
      const { bavail, bsize } = statfsSync(file);
      if (bavail * bsize === 0) return;
      try {
        writeSync(descriptor, Buffer.alloc(bytes));
      } catch (error) {
        if (!(error instanceof Error) || !error.message.includes('ENOSPC')) throw error;
        bytes /= 2;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
