import { relative, resolve, sep } from 'node:path';
import { filesFitting, names, namedBy, withoutBraces, withoutLinks } from './shell-globs.js';
import type { Word } from './shell-words.js';
import { fits, fitsPath } from './wildcard.js';

/** Whether a file, absolute, is among what was named in its checkout. */
export type IsNamed = (file: string, checkout: string) => boolean;

/**
 * What the pathspecs of a command of git name; what only a run would tell names nothing.
 * @param folder Without links, in the checkout.
 * @see https://git-scm.com/docs/gitglossary#Documentation/gitglossary.txt-pathspec
 */
export function pathspecs(folder: string, words: readonly Word[]): IsNamed {
  const specs = words
    .filter(({ isExpanded }) => !isExpanded)
    .flatMap(withoutBraces)
    .map((word) => pathspec(folder, word));
  const wanted = specs.filter(({ isLeftOut }) => !isLeftOut);
  const leftOut = specs.filter((spec) => spec.isLeftOut);
  const isAll = leftOut.length > 0 && wanted.length === 0;
  return (file, checkout) =>
    (isAll || wanted.some(({ has }) => has(file, checkout))) &&
    !leftOut.some(({ has }) => has(file, checkout));
}

interface Pathspec {
  isLeftOut: boolean;
  has: IsNamed;
}

function pathspec(folder: string, word: Word): Pathspec {
  // What fits in the folder is put in its place by the shell; what fits nowhere reaches git as it is.
  if (filesFitting(folder, word).length > 0) return { isLeftOut: false, has: ofShell(folder, word) };
  const [, long, short = ''] = /^:(?:\(([^)]*)\)|([/!^]*):?)/.exec(word.text) ?? [];
  const magic = long?.split(',') ?? [];
  const text = word.text.replace(/^:(?:\([^)]*\)|[/!^]*:?)/, '');
  const isFromTop = magic.includes('top') || short.includes('/');
  const cased = magic.includes('icase') ? (each: string) => each.toLowerCase() : (each: string) => each;
  const fitsPattern = magic.includes('glob') ? fitsPath : fits;
  return {
    isLeftOut: magic.includes('exclude') || /[!^]/.test(short),
    has: (file, checkout) => {
      const [from, inside] = [cased(isFromTop ? checkout : folder), cased(file)];
      // A name means a folder with all below it, and is first taken as it stands.
      return (
        isBelow(relative(resolve(from, cased(text)), inside)) ||
        (!magic.includes('literal') && isFitting(inside, from, cased(text), fitsPattern))
      );
    },
  };
}

function ofShell(folder: string, word: Word): IsNamed {
  const named = namedBy(folder, word).map(withoutLinks);
  return (file) => named.some((each) => names(each, file));
}

function isFitting(file: string, folder: string, text: string, fitsPattern: typeof fits): boolean {
  const wild = text.search(/[*?[\\]/);
  if (wild === -1) return false;
  const at = text.lastIndexOf('/', wild) + 1;
  const inside = relative(resolve(folder, text.slice(0, at) || '.'), file);
  return isBelow(inside) && fitsPattern(text.slice(at), inside);
}

function isBelow(path: string): boolean {
  return path !== '..' && !path.startsWith(`..${sep}`);
}
