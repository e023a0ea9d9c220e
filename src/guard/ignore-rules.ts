import { fits, fitsPath } from './wildcard.js';

interface Rule {
  says: 'ignored' | 'offered';
  isForFolders: boolean;
  fits: (path: string, name: string) => boolean;
}

/**
 * What patterns such as those of an ignore file say of a path in a checkout; undefined where they say nothing. The last
 * that fits decides, and nothing brings back what lies in a folder that is ignored.
 * @see https://git-scm.com/docs/gitignore#_pattern_format
 */
export function ignoreRules(patterns: readonly string[]): (path: string) => Rule['says'] | undefined {
  const rules = patterns.flatMap(ruleOf).reverse();
  return (path) => {
    const names = path.split('/');
    const said = (many: number): Rule['says'] | undefined => {
      const [place, name] = [names.slice(0, many).join('/'), names[many - 1] ?? ''];
      const isFolder = many < names.length;
      return rules.find((rule) => (isFolder || !rule.isForFolders) && rule.fits(place, name))?.says;
    };
    const isInIgnored = names.some((_, at) => at > 0 && said(at) === 'ignored');
    return isInIgnored ? 'ignored' : said(names.length);
  };
}

function ruleOf(pattern: string): Rule[] {
  const [, not = '', text = '', slash = ''] = /^(!?)(.*?)(\/?)$/s.exec(pattern) ?? [];
  if (text === '') return [];
  return [
    {
      says: not === '' ? 'ignored' : 'offered',
      isForFolders: slash !== '',
      // Without a slash within, it is the name of something at any depth.
      fits: text.includes('/')
        ? (path) => fitsPath(text.replace(/^\//, ''), path)
        : (_, name) => fits(text, name),
    },
  ];
}
