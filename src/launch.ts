#!/usr/bin/env node
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

// Compiling the program takes longer than most commands work, so V8's compiled form of it is kept beside it: made by
// the build, or by the first command that runs on another Node or with other flags. It is bound to the very text of the program, since V8
// compares no more than its length, and never to be written elsewhere: who can write here can write the program.

/** What the build knows of the program: its file beside this one, and the digest of its text, which is also its first line. */
declare const PROGRAM_FILE: string;
declare const PROGRAM_DIGEST: string;
/** Whether what this command compiles is added to what was compiled before: while it is built. */
declare const IS_BUILDING: boolean;
/** This file's own, as CommonJS: what the program exports is what is loaded with it. */
declare const module: { exports: object };

const file = join(import.meta.dirname, PROGRAM_FILE);
const source = readFileSync(file, 'latin1');
const isBuiltTogether = source.startsWith(`// ${PROGRAM_DIGEST}\n`);
const kept = `${file}.${PROGRAM_DIGEST}-${process.versions.v8}-${process.arch}.cache`;
const cachedData = isBuiltTogether ? compiledBefore() : undefined;
const script = new Script(source, {
  filename: file,
  ...(cachedData === undefined ? {} : { cachedData }),
});
// V8 refuses what was compiled with other flags: those of the last command are likely to be those of the next.
const isCompiledAnew = cachedData === undefined || script.cachedDataRejected === true;
if (isBuiltTogether && (isCompiledAnew || IS_BUILDING)) process.once('exit', keepCompiled);
const program = script.runInThisContext() as (...given: unknown[]) => void;
program(module.exports, createRequire(import.meta.url), module, file, import.meta.dirname);

function compiledBefore(): Buffer | undefined {
  try {
    return readFileSync(kept);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

// At the end, so that what the command has used is in it.
function keepCompiled(): void {
  const beside = `${kept}.${process.pid}`;
  try {
    writeFileSync(beside, script.createCachedData(), { flag: 'wx' });
    renameSync(beside, kept);
  } catch (error) {
    // Installed by somebody else, or no space left: the next command compiles as this one did.
    if (codeOf(error) === undefined) throw error;
    rmSync(beside, { force: true });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
