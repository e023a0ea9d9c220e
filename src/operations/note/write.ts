import { addNote, LONGEST_NOTE, NOTE_KINDS, setValue, type Anchors } from '../../note/index.js';
import { defined } from '../../store/index.js';
import { requireTask } from '../../task/index.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { sessionOf } from '../session.js';
import { anchorsIn } from './anchors.js';
import { oneNoteDocument } from './document.js';
import { pushNote } from './push.js';

const ABOUT = {
  tag: { kind: 'name', many: true, placeholder: 'T', help: 'A word to find it by' },
  file: { kind: 'path', many: true, help: 'A file or folder that it is about' },
  task: {
    kind: 'name',
    placeholder: 'ID',
    help: 'The task that it is about; default: the one that you work on',
  },
} as const;

export const noteAdd = defineOperation({
  name: 'note.add',
  rights: EVERYBODY,
  help: 'Note what others should know: a decision, contract, constraint, discovery, state or artifact',
  examples: ['callsheet note add contract "Errors are { error: { code, message } }" --file src/errors.js'],
  input: {
    kind: {
      kind: 'choice',
      choices: NOTE_KINDS,
      positional: true,
      required: true,
      placeholder: 'KIND',
      help: 'What it is',
    },
    text: { kind: 'text', positional: true, required: true, maxChars: LONGEST_NOTE, help: 'What it says' },
    ...ABOUT,
    key: { kind: 'name', placeholder: 'K', help: 'A name to look it up by' },
    supersedes: { kind: 'name', placeholder: 'ID', help: 'The note whose place it takes' },
    keepBoth: {
      kind: 'flag',
      help: 'Beside a decision, constraint or contract under the same key or about the same file: both hold',
    },
  },
  async run(context, input) {
    const { kind, text, key, supersedes, keepBoth } = input;
    return write(context, input, (tx, about) =>
      addNote(tx, { ...about, kind, text, keepBoth, ...defined({ key, supersedes }) }),
    );
  },
  show: ({ id, kind }) => `Noted as ${id} (${kind})`,
});

export const noteSet = defineOperation({
  name: 'note.set',
  rights: EVERYBODY,
  help: 'Set a named value that everybody can get',
  input: {
    key: { kind: 'name', positional: true, required: true, placeholder: 'KEY', help: 'Its name' },
    text: { kind: 'text', positional: true, required: true, maxChars: LONGEST_NOTE, help: 'The value' },
    ...ABOUT,
  },
  run: (context, input) => write(context, input, (tx, about) => setValue(tx, input.key, input.text, about)),
  show: ({ key, id }) => `${key ?? ''} is set (${id})`,
});

interface GivenAbout {
  tag: string[];
  file: string[];
  task?: string;
}

type About = {
  tags: string[];
  files: string[];
  anchors: Anchors;
  agentId: string;
  runId?: string;
  taskId?: string;
};

async function write(
  context: Context,
  given: GivenAbout,
  add: (tx: Parameters<typeof addNote>[0], about: About) => ReturnType<typeof addNote>,
) {
  const agentId = await context.agentId();
  const anchors = await anchorsIn(context.sheet.root, given.file);
  const note = await context.sheet.store.transaction(async (tx) => {
    const { runId, taskId } = await sessionOf(tx, context, agentId);
    const task = given.task === undefined ? undefined : await requireTask(tx, given.task);
    const about = defined({ runId: task?.runId ?? runId, taskId: task?.id ?? taskId });
    const added = await add(tx, { tags: given.tag, files: given.file, anchors, agentId, ...about });
    await pushNote(tx, added, context.actor, agentId);
    return added;
  });
  return oneNoteDocument(context.sheet, note);
}
