import { oneLine, plainText } from '../../text/index.js';
import { defineOperation, EVERYBODY, type Context } from '../operation.js';
import { aboutOf, type About } from './about.js';
import { notesSections } from './knowledge.js';
import { pack } from './pack.js';
import { conflictsSection, lateSection, questionsSection, workersSection } from './team.js';
import { dependenciesSection, goalSection, taskSection } from './work.js';

const DEFAULT_TOKENS = 2_000;

export const brief = defineOperation({
  name: 'brief',
  rights: EVERYBODY,
  help: 'What somebody who begins must know of the work, a task or a file, within bounds',
  examples: ['callsheet brief', 'callsheet brief task-3', 'callsheet brief src/server.js --max-tokens 800'],
  input: {
    about: {
      kind: 'text',
      positional: true,
      maxChars: 1_000,
      placeholder: 'TASK|PATH',
      help: 'A task, a file or a folder; default: the task that you work on, else all of it',
    },
    maxTokens: {
      kind: 'integer',
      min: 200,
      max: 50_000,
      help: `About so many tokens, of four characters each; default ${DEFAULT_TOKENS}`,
    },
  },
  async run(context, { about: asked, maxTokens = DEFAULT_TOKENS }) {
    const about = await aboutOf(context, asked, maxTokens);
    const { task, path } = about;
    return {
      about:
        task === undefined
          ? { kind: path === undefined ? 'sheet' : 'path', id: path ?? null }
          : { kind: 'task', id: task.id },
      maxTokens,
      ...pack(await sectionsOf(context, about), maxTokens),
    };
  },
  show: ({ about: { kind, id }, sections, leftOut }) =>
    [
      `# ${id === null ? 'The work' : `${kind === 'task' ? 'Task' : 'Path'} ${oneLine(plainText(id), 200)}`}`,
      ...sections.map(({ title, text }) => `## ${title}\n\n${text}`),
      ...(sections.length === 0 ? ['Nothing is known yet.'] : []),
      ...(leftOut.length === 0 ? [] : [`Left out for want of room: ${leftOut.join(', ')}.`]),
    ].join('\n\n'),
});

/** The most important first: what does not fit gives way from the end. */
async function sectionsOf(context: Context, about: About) {
  const { store } = context.sheet;
  const [binding, other] = await notesSections(context, about);
  return [
    await goalSection(store, about),
    taskSection(about),
    await dependenciesSection(store, about),
    binding,
    await questionsSection(context),
    await conflictsSection(context, about),
    await workersSection(context),
    await lateSection(context, about),
    other,
  ];
}
