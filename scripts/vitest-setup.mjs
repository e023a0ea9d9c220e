// Builds dist/ once before the tests, for those that start the real command.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.mjs';

export async function setup() {
  try {
    await build();
  } catch (error) {
    if (process.env.CI) throw error;
    // A folder's own tests stay runnable while another folder does not compile; nothing may run on an old build.
    await rm(path.resolve(import.meta.dirname, '../dist'), { recursive: true, force: true });
    console.error(`dist/ could not be built, tests that start the command will fail: ${error.message}`);
  }
}
