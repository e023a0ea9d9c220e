import { CallsheetError } from '../error/index.js';
import type { Reader } from '../store/index.js';
import { boundedMiddle, pathsOverlap, quoted, shownNames } from '../text/index.js';
import type { NewNote, Note, NoteKind } from './note.js';
import { selectStanding } from './note.sql.js';
import { toNote } from './row.js';

const ASKING: readonly NoteKind[] = ['decision', 'constraint'];

/** Whether a kind of note is said to all that it concerns, and may not quietly stand against another. */
export function isBindingNews(kind: NoteKind): boolean {
  return ASKING.includes(kind);
}

/**
 * The decisions, constraints and contracts that a new decision or constraint stands beside: under its key, or about a
 * path that it names. Of other runs none.
 */
export async function standingBeside(reader: Reader, note: NewNote): Promise<Note[]> {
  if (!isBindingNews(note.kind)) return [];
  const { key, files = [], runId, supersedes } = note;
  if (key === undefined && files.length === 0) return [];
  const standing = (await reader.all(selectStanding(runId))).map(toNote);
  return standing.filter(
    (each) =>
      each.id.toLowerCase() !== supersedes?.toLowerCase() &&
      ((key !== undefined && each.key === key) || sharedPaths(each, files).length > 0),
  );
}

/** A pattern or folder is shared when it is the same; a file that is anchored, whenever it is meant. */
function sharedPaths(standing: Note, paths: readonly string[]): string[] {
  return standing.files.filter((file) =>
    paths.some(
      (path) => path === file || (Object.hasOwn(standing.anchors, file) && pathsOverlap(file, path)),
    ),
  );
}

const MOST_QUOTED = 3;
const LONGEST_QUOTE = 1_000;

/** Asks whether the standing notes are superseded, or hold beside the new one. */
export function standsAgainst(note: NewNote, standing: readonly Note[]): CallsheetError {
  const [first] = standing;
  const shown = standing.slice(0, MOST_QUOTED).map((each) => {
    const about =
      each.key !== undefined && each.key === note.key ? [each.key] : sharedPaths(each, note.files ?? []);
    return `${each.id} (${each.kind} about ${shownNames(about, 3)}):\n${quoted(boundedMiddle(each.text, LONGEST_QUOTE))}`;
  });
  const rest = standing.length - shown.length;
  const more =
    rest > 0 ? [`and ${rest} more: ${shownNames(standing.slice(MOST_QUOTED).map(({ id }) => id))}`] : [];
  return new CallsheetError(
    'NOTE_STANDS',
    [`Something stands under this already. Nothing was noted.`, ...shown, ...more].join('\n'),
    {
      hint: `If yours takes its place: the same with --supersedes ${first?.id ?? 'NOTE'}. If both hold: with --keep-both`,
      data: {
        standing: standing.map(({ id, kind, key, files, text }) => ({ id, kind, key, files, text })),
      },
    },
  );
}
