import { hasUnsafeCharacters, isReadablePattern, oneLine } from '../text/index.js';
import { readLines, type FieldReader } from './fields.js';

/**
 * Why a path or pattern cannot name files of the repository: undefined when it can. Text only; symlinks are for
 * whoever opens the path.
 */
function pathMistake(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (hasUnsafeCharacters(path) || /[\n\r\t]/.test(path)) return 'holds control or invisible characters';
  const parts = path.split(/[\\/]/);
  if (/^[\\/~]/.test(path) || /^[A-Za-z]:/.test(path) || parts.includes('..'))
    return 'leads outside the repository';
  if (parts.some(isGitFolder)) return 'leads into the `.git` folder';
  if (parts.some((part) => Buffer.byteLength(part) > 255)) return 'has a name of more than 255 bytes';
  return isReadablePattern(path) ? undefined : 'stands for too many paths to compare';
}

/** Every spelling that some file system takes for `.git`: case, compatible characters, short names, trailing dots. */
function isGitFolder(name: string): boolean {
  const plain = name.normalize('NFKC').toLowerCase();
  return /^(\.git|git~\d+)(:.*|[. ]*)$/.test(plain);
}

/** A path or pattern inside the repository, without `./` and doubled slashes. */
export const readPath: FieldReader<string> = (node, key, problems) => {
  const path = readLines(node, key, problems);
  if (path === undefined) return undefined;
  const mistake = pathMistake(path);
  if (mistake === undefined) return path.replace(/\/{2,}/g, '/').replace(/^(\.\/)+(?=.)/, '');
  const code = mistake.includes('outside') || mistake.includes('.git') ? 'PATH_OUTSIDE' : 'BAD_PATH';
  const shown = oneLine(path.toWellFormed(), 80);
  problems.add(
    node.offset,
    code,
    `\`${key}\`: \`${shown}\` ${mistake}`,
    'a path from the repository’s top, such as `src/app.ts`',
  );
  return undefined;
};
