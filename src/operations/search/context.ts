import { findNotes, searchNotes, type Note } from '../../note/index.js';
import { boundedMiddle, plainText } from '../../text/index.js';
import { noteDocuments } from '../note/document.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { changesOf, type Change } from './changes.js';
import { pathMeant } from './path-meant.js';
import { resultsAbout, type FoundResult } from './results.js';
import { showContext } from './show-context.js';

const MOST_NOTES = 10;
const LONGEST_NOTE_SHOWN = 1_500;

export const context = defineOperation({
  name: 'context',
  rights: EVERYBODY,
  help: 'What is known: of a path who changed it, when, for which task and why; of words the notes and results that have them',
  examples: ['callsheet context src/server.js', 'callsheet context "rate limit"'],
  input: {
    text: {
      kind: 'text',
      positional: true,
      required: true,
      maxChars: 1_000,
      placeholder: 'PATH|WORDS',
      help: 'A file or folder that there is, or has been; or what to look for',
    },
  },
  async run(ask, { text }) {
    const path = await pathMeant(ask, text);
    return path === undefined ? aboutWords(ask, text) : aboutPath(ask, path);
  },
  show: showContext,
});

async function aboutPath(ask: Context, path: string) {
  const notes = await findNotes(ask.sheet.store, { path });
  return {
    ...{ about: 'path' as const, asked: path },
    changes: await changesOf(ask, path),
    notes: await shown(ask, notes.reverse().slice(0, MOST_NOTES)),
    results: [] as FoundResult[],
  };
}

async function aboutWords(ask: Context, text: string) {
  return {
    ...{ about: 'words' as const, asked: plainText(text) },
    changes: [] as Change[],
    notes: await shown(ask, await searchNotes(ask.sheet.store, text, MOST_NOTES)),
    results: await resultsAbout(ask.sheet.store, text),
  };
}

export type Found = Awaited<ReturnType<typeof aboutPath>> | Awaited<ReturnType<typeof aboutWords>>;

async function shown({ sheet }: Context, notes: readonly Note[]) {
  const documents = await noteDocuments(sheet, notes);
  return documents.map((note) => ({ ...note, text: boundedMiddle(note.text, LONGEST_NOTE_SHOWN) }));
}
