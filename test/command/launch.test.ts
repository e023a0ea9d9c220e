import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const DIST = resolve('dist');
const isCompiled = (name: string) => name.endsWith('.cache');

/** A place where the command is installed, without its compiled form. */
function givenInstallation() {
  const place = mkdtempSync(join(tmpdir(), 'callsheet-launch-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const dist = join(place, 'callsheet', 'dist');
  mkdirSync(dist, { recursive: true });
  for (const name of ['callsheet.cjs', 'callsheet-main.cjs'])
    copyFileSync(join(DIST, name), join(dist, name));
  copyFileSync('package.json', join(place, 'callsheet', 'package.json'));
  symlinkSync(resolve('node_modules'), join(place, 'node_modules'));
  const call = (...flags: string[]) =>
    spawnSync(process.execPath, [...flags, join(dist, 'callsheet.cjs'), '--version'], { encoding: 'utf8' });
  return { dist, call, compiled: () => readdirSync(dist).filter(isCompiled) };
}

const VERSION = expect.objectContaining({ status: 0, stdout: '0.1.0\n', stderr: '' }) as unknown;

test('the build keeps the compiled form of the programs that are started most', () => {
  const names = readdirSync(DIST).filter(isCompiled).sort();
  expect(names).toEqual(
    ['callsheet-main.cjs', 'hook-main.cjs', 'mcp-server-main.cjs', 'mcp-session-main.cjs'].map((name) =>
      expect.stringContaining(name),
    ),
  );
  for (const name of names) expect(name).toContain(process.versions.v8);
});

test('the first command keeps the compiled form where there is none, and the next one uses it', () => {
  const { dist, call, compiled } = givenInstallation();
  expect(call()).toEqual(VERSION);
  expect(compiled()).toHaveLength(1);
  const kept = readFileSync(join(dist, compiled()[0]!));
  expect(call()).toEqual(VERSION);
  expect(readFileSync(join(dist, compiled()[0]!))).toEqual(kept);
});

test('a compiled form that is broken is not used', () => {
  const { dist, call, compiled } = givenInstallation();
  call();
  writeFileSync(join(dist, compiled()[0]!), 'broken');
  expect(call()).toEqual(VERSION);
});

test('a compiled form that V8 refuses for its flags is made anew, and used then', () => {
  const { dist, call, compiled } = givenInstallation();
  const kept = () => readFileSync(join(dist, compiled()[0]!));
  call('--stack-size=900');
  const ofOtherFlags = kept();
  expect(call()).toEqual(VERSION);
  const ofThese = kept();
  expect(ofThese).not.toEqual(ofOtherFlags);
  expect(call()).toEqual(VERSION);
  expect(kept()).toEqual(ofThese);
});

test('a program of another build is run from its own text', () => {
  const { dist, call, compiled } = givenInstallation();
  call();
  const main = join(dist, 'callsheet-main.cjs');
  const other = readFileSync(main, 'utf8').replace(/^\/\/ \w/, '// x');
  writeFileSync(main, other.replace(/\}\)\s*$/, 'process.stderr.write("the other");\n})'));
  expect(call().stderr).toBe('the other');
  expect(compiled()).toHaveLength(1);
});

test('where nothing can be written the command runs as well', () => {
  const { dist, call } = givenInstallation();
  // A folder in the place of the file: nobody can write there, not even root.
  const name = basename(
    readdirSync(DIST).find((each) => isCompiled(each) && each.startsWith('callsheet-')) ?? '',
  );
  mkdirSync(join(dist, name));
  expect(call()).toEqual(VERSION);
});
