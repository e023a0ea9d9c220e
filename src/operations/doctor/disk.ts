import { statfs } from 'node:fs/promises';
import type { Context } from '../operation.js';
import type { Finding } from './finding.js';

const LITTLE_BYTES = 1024 ** 3;
const TOO_LITTLE_BYTES = 100 * 1024 ** 2;

// Magic numbers of statfs(2); whatever is not here is shown by its number.
const FILE_SYSTEMS = new Map([
  [0xef53, 'ext4'],
  [0x9123683e, 'btrfs'],
  [0x58465342, 'xfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
  [0x2fc12fc1, 'zfs'],
  [0x1a, 'apfs'],
]);

/** Opening the sheet has refused file systems without working locks already. */
export async function checkFileSystem({ sheet }: Context): Promise<Finding[]> {
  const { type } = await statfs(sheet.folder);
  const name = FILE_SYSTEMS.get(type >>> 0) ?? `type 0x${(type >>> 0).toString(16)}`;
  return [{ level: 'ok', what: 'file system', found: name }];
}

export async function checkDisk({ sheet }: Context): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(sheet.root);
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GB free at ${sheet.root}`;
  const what = 'disk';
  if (free < TOO_LITTLE_BYTES)
    return [
      { level: 'bad', what, found, todo: 'free some: callsheet clean, then what is not yours to keep' },
    ];
  if (free < LITTLE_BYTES)
    return [{ level: 'warn', what, found, todo: 'each workspace is a checkout: callsheet clean' }];
  return [{ level: 'ok', what, found }];
}
