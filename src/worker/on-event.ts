import { join } from 'node:path';
import type { DriverEvent } from '../driver/index.js';
import { CallsheetError, errorCode } from '../error/index.js';
import { NotAFile, openFile } from '../file/index.js';
import { insideRepository } from '../git/index.js';
import { announce } from '../message/index.js';
import { contentHash, recordReads, type Read } from '../read/index.js';
import { addUsage, blockTask, describeAttempt, findAttempt } from '../task/index.js';
import { attemptFolder } from '../workspace/index.js';
import type { Post, WorkerPlace } from './place.js';

/**
 * Takes what an agent did into the sheet: what it read, what it used, what it asks. What comes too late (the task was
 * paused, cancelled or taken away) is dropped; the engine stops the agent for that.
 */
export async function onDriverEvent(place: WorkerPlace, post: Post, event: DriverEvent): Promise<void> {
  try {
    await take(place, post, event);
  } catch (error) {
    if (!(error instanceof CallsheetError && ['LEASE_LOST', 'TASK_STATE'].includes(error.code))) throw error;
  }
}

async function take(place: WorkerPlace, post: Post, event: DriverEvent): Promise<void> {
  switch (event.type) {
    case 'tool':
      return noteReads(place, post, event.reads);
    case 'usage':
      return noteUsage(place, post, event.usage);
    case 'question':
      return ask(place, post, event.text);
    case 'permission':
      return ask(place, post, `May it use ${event.tool}? ${event.detail}`);
    case 'turn-end':
      return noteResume(place, post, event.resume);
    case 'text':
    case 'exit':
      return;
  }
}

async function noteReads({ site }: WorkerPlace, { claim }: Post, paths: string[]): Promise<void> {
  const folder = attemptFolder(site, claim);
  const reads: Read[] = [];
  for (const path of paths) {
    const inside = pathInside(folder, path);
    const hash = inside === undefined ? undefined : await hashOf(join(folder, inside), site.run.baseCommit);
    if (inside !== undefined && hash !== undefined) reads.push({ path: inside, hash });
  }
  if (reads.length > 0) await site.store.transaction((tx) => recordReads(tx, claim, reads));
}

// What an agent reads outside its workspace is no premise of the run.
function pathInside(folder: string, path: string): string | undefined {
  try {
    return insideRepository(folder, path);
  } catch (error) {
    if (error instanceof CallsheetError) return undefined;
    throw error;
  }
}

// Data, not source: hashing it would hold up everything else.
const LARGEST_READ_BYTES = 32 * 1024 * 1024;
const UNREADABLE = ['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'];

/** Empty where there is no such file; undefined of what cannot be read as one. */
async function hashOf(file: string, sample: string): Promise<string | undefined> {
  try {
    await using handle = await openFile(file, { followLink: false });
    const { size } = await handle.stat();
    return size <= LARGEST_READ_BYTES ? contentHash(await handle.readFile(), sample) : undefined;
  } catch (error) {
    if (error instanceof NotAFile) return undefined;
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return '';
    if (UNREADABLE.includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function noteUsage(
  { site }: WorkerPlace,
  { claim }: Post,
  usage: Parameters<typeof addUsage>[3],
): Promise<void> {
  await site.store.transaction(async (tx) => {
    const attempt = await findAttempt(tx, claim);
    if (attempt !== undefined) await addUsage(tx, claim, attempt, usage);
  });
}

async function noteResume(
  { site }: WorkerPlace,
  { claim }: Post,
  resumeHandle: string | undefined,
): Promise<void> {
  if (resumeHandle === undefined) return;
  await site.store.transaction((tx) => describeAttempt(tx, claim, { resumeHandle }));
}

async function ask({ site }: WorkerPlace, { claim, agent }: Post, question: string): Promise<void> {
  await site.store.transaction(async (tx) => {
    const task = await blockTask(tx, claim, question);
    await announce(tx, { type: 'BLOCKER', task, body: question, from: agent.id });
  });
}
