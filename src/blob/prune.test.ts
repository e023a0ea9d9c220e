import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endAgent, registerAgent } from '../agent/index.js';
import { contentHash, recordSeen } from '../read/index.js';
import { openCall } from '../write/index.js';
import { givenSheet } from '../../test/support/given-sheet.js';
import { keepBlob, pruneBlobs, readBlob } from './index.js';

const DAY_MS = 86_400_000;

/** A sheet with an agent, and contents of 100 bytes that were last used some days ago. */
async function givenBlobs() {
  const { sheet } = await givenSheet();
  const { store, folder } = sheet;
  const agent = await store.transaction(
    async (tx) => (await registerAgent(tx, { role: 'worker', driver: 'x' })).agent,
  );
  const keep = (name: string, daysAgo: number): string => {
    const content = Buffer.from(name.padEnd(100, '.'));
    const hash = contentHash(content, '');
    keepBlob(folder, hash, content);
    const used = new Date(Date.now() - daysAgo * DAY_MS);
    utimesSync(join(folder, 'blobs', hash.slice(0, 2), hash.slice(2)), used, used);
    return hash;
  };
  const see = (hash: string) =>
    store.transaction((tx) =>
      recordSeen(tx, { agentId: agent.id, checkout: '/x' }, { path: hash, hash, whole: true, writeSeq: 0 }),
    );
  const isKept = (hash: string): boolean => readBlob(folder, hash) !== undefined;
  return { store, folder, agent, keep, see, isKept };
}

test('what nobody has used for 30 days goes; using it again keeps it', async () => {
  const { store, folder, keep, isKept } = await givenBlobs();
  const [old, young, again] = [keep('old', 31), keep('young', 29), keep('again', 31)];
  keepBlob(folder, again, Buffer.from('again'.padEnd(100, '.')));
  expect(await pruneBlobs(store, folder)).toEqual({ files: 1, bytes: 100 });
  expect([old, young, again].map(isKept)).toEqual([false, true, true]);
});

test('of more than fits the oldest go', async () => {
  const { store, folder, keep, isKept } = await givenBlobs();
  const hashes = [3, 1, 2].map((days) => keep(`${days}`, days));
  expect(await pruneBlobs(store, folder, { maxBytes: 200 })).toEqual({ files: 1, bytes: 100 });
  expect(hashes.map(isKept)).toEqual([false, true, true]);
});

test('what a live agent has seen stays, whatever its age and size, until the agent has ended', async () => {
  const { store, folder, agent, keep, see, isKept } = await givenBlobs();
  const [seen, other] = [keep('seen', 40), keep('other', 1)];
  await see(seen);
  expect(await pruneBlobs(store, folder, { maxBytes: 100 })).toEqual({ files: 1, bytes: 100 });
  expect([seen, other].map(isKept)).toEqual([true, false]);
  await store.transaction((tx) => endAgent(tx, agent.id));
  await pruneBlobs(store, folder);
  expect(isKept(seen)).toBe(false);
});

test('what a call under way starts from or will leave stays', async () => {
  const { store, folder, agent, keep, isKept } = await givenBlobs();
  const [before, expected] = [keep('before', 40), keep('expected', 40)];
  await store.transaction((tx) =>
    openCall(tx, {
      ...{ agentId: agent.id, callId: '1', kind: 'whole', checkout: '/x', path: 'a', before, expected },
      writeSeq: 0,
    }),
  );
  expect(await pruneBlobs(store, folder)).toEqual({ files: 0, bytes: 0 });
  expect([before, expected].map(isKept)).toEqual([true, true]);
});

test('what a killed process has left half written goes after a day, not before', async () => {
  const { store, folder } = await givenBlobs();
  const parts = [0, 2].map((days) => {
    const file = join(folder, 'blobs', 'ab', `${'c'.repeat(38)}.${days}.part`);
    mkdirSync(join(folder, 'blobs', 'ab'), { recursive: true });
    writeFileSync(file, 'half');
    const used = new Date(Date.now() - days * DAY_MS);
    utimesSync(file, used, used);
    return file;
  });
  await pruneBlobs(store, folder, { maxBytes: 0 });
  expect(parts.map((file) => existsSync(file))).toEqual([true, false]);
});

test('nothing is removed where only is asked what would go', async () => {
  const { store, folder, keep, isKept } = await givenBlobs();
  const old = keep('old', 31);
  expect(await pruneBlobs(store, folder, { dryRun: true })).toEqual({ files: 1, bytes: 100 });
  expect(isKept(old)).toBe(true);
});
