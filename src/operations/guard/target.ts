import {
  briefHooks,
  fullPath,
  loadJsonc,
  OPENCODE_PLUGIN,
  putHooks,
  putServer,
  SettingsMistake,
  SHARED_ENTRY,
  stateOfPlugin,
  takeHooks,
  takeServer,
  type FilePlace,
  type HookEntry,
  type Jsonc,
  type ServerShape,
} from '../../client/index.js';
import { usageError } from '../../error/index.js';

/** A file in which callsheet has a part among what is not its own. */
export interface Target {
  place: FilePlace;
  /** The content with our part in it as it should be; the same content when it is. */
  put: (content: Buffer | undefined) => Buffer;
  /** The content without our part; `before` is what was there when ours was put in. */
  take: (content: Buffer, before: Buffer | undefined) => Buffer;
  /** Whether a content says nothing, so that a file which was made for our part is not needed any more. */
  isEmpty: (content: Buffer) => boolean;
  /** The content for people to read, with our part in brief; see {@link briefHooks}. */
  brief?: (content: string, lines: string[]) => string;
  /** `old` is ours, and not as it should be. */
  state: (content: Buffer | undefined) => 'none' | 'current' | 'old';
}

/**
 * A client's settings file, with hooks, and with our MCP server where it has `servers`. Its functions throw
 * `SETTINGS_INVALID`, which names the place in it.
 */
export async function settingsTarget(
  place: FilePlace,
  hooks: readonly HookEntry[],
  servers?: ServerShape,
): Promise<Target> {
  const jsonc = await loadJsonc();
  const put = (text: string): string => {
    const hooked = putHooks(jsonc, text, hooks);
    return servers === undefined ? hooked : putServer(jsonc, hooked, SHARED_ENTRY, servers);
  };
  const take = (text: string, before: string): string => {
    const unhooked = takeHooks(jsonc, text, before);
    const server = { name: SHARED_ENTRY.name, list: servers?.list ?? '' };
    return servers === undefined ? unhooked : takeServer(jsonc, unhooked, server, before);
  };
  const edited = (content: Buffer | undefined, edit: (text: string) => string): Buffer => {
    const text = content === undefined ? '' : textOf(place, content);
    const after = explained(place, () => edit(text));
    return content !== undefined && after === text ? content : Buffer.from(after);
  };
  return {
    place,
    put: (content) => edited(content, put),
    take: (content, before) => edited(content, (text) => take(text, readable(jsonc, before))),
    isEmpty: (content) => content.toString('utf8').replaceAll(/\s/g, '') === '{}',
    brief: (content, lines) => briefHooks(jsonc, content, lines),
    state(content) {
      // What is none of ours may be as wrong as it likes.
      if (content === undefined || edited(content, (text) => take(text, '')) === content) return 'none';
      return edited(content, put) === content ? 'current' : 'old';
    },
  };
}

/** Does something with a settings file; what is wrong with it is said with its place. */
export function explained<T>(place: FilePlace, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SettingsMistake)) throw error;
    throw invalid(place, `:${error.line}:${error.column}`, error.message);
  }
}

/** @throws {CallsheetError} `SETTINGS_INVALID` when it is no text. */
export function textOf(place: FilePlace, content: Buffer): string {
  const text = content.toString('utf8');
  if (Buffer.from(text).equals(content)) return text;
  throw invalid(place, '', 'it is no text in UTF-8');
}

/** What was there before counts only as far as it can be read. */
function readable(jsonc: Jsonc, before: Buffer | undefined): string {
  const text = before?.toString('utf8') ?? '';
  try {
    takeHooks(jsonc, text);
    return text;
  } catch (error) {
    if (error instanceof SettingsMistake) return '';
    throw error;
  }
}

function invalid(place: FilePlace, at: string, why: string): Error {
  return usageError(
    'SETTINGS_INVALID',
    `${fullPath(place)}${at} cannot be changed: ${why}. Nothing was changed.`,
    'Mend it by hand (comments and trailing commas are allowed), or move it away.',
  );
}

/**
 * A file that is ours as a whole. One that somebody has changed stays as it is: `put` throws `SETTINGS_INVALID`, and
 * `take` leaves it.
 */
export function pluginTarget(place: FilePlace): Target {
  const wanted = Buffer.from(OPENCODE_PLUGIN);
  const stateOf = (content: Buffer) => stateOfPlugin(content.toString('utf8'));
  return {
    place,
    put(content) {
      if (content === undefined) return wanted;
      const state = stateOf(content);
      if (state === 'current') return content;
      if (state === 'old') return wanted;
      throw usageError(
        'SETTINGS_INVALID',
        `${fullPath(place)} is not as callsheet has written it: somebody has changed it. Nothing was changed.`,
        'Keep what was added in a plugin of its own, and move this one away.',
      );
    },
    take: (content) => (stateOf(content) === 'changed' ? content : Buffer.alloc(0)),
    isEmpty: (content) => content.length === 0,
    state(content) {
      if (content === undefined) return 'none';
      return stateOf(content) === 'current' ? 'current' : 'old';
    },
  };
}

/** A line of git's own list of what it does not offer, which is not shared. */
export function excludeTarget(commonDir: string, line: string): Target {
  // One character for each byte: names of files need not be UTF-8.
  const linesOf = (content: Buffer): string[] => content.toString('latin1').split('\n');
  const place = { base: commonDir, path: 'info/exclude' };
  const has = (content: Buffer | undefined): boolean =>
    content !== undefined && linesOf(content).includes(line);
  return {
    place,
    put(content) {
      if (content !== undefined && has(content)) return content;
      const text = content?.toString('latin1') ?? '';
      return Buffer.from(`${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`, 'latin1');
    },
    take(content) {
      const lines = linesOf(content);
      const at = lines.lastIndexOf(line);
      return at === -1 ? content : Buffer.from(lines.toSpliced(at, 1).join('\n'), 'latin1');
    },
    isEmpty: (content) => content.length === 0,
    state: (content) => (has(content) ? 'current' : 'none'),
  };
}
