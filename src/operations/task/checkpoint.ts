import { recordCheckpoint } from '../../checkpoint/index.js';
import { defined } from '../../store/index.js';
import { findAttempt } from '../../task/index.js';
import { oneLine, plainText } from '../../text/index.js';
import { saveWorkspace } from '../../workspace/index.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { agreeToGitPrograms, YES } from '../run/index.js';
import { requireHeld } from './claim-of.js';
import { CLAIM_FIELDS } from './fields.js';

export const taskCheckpoint = defineOperation({
  name: 'task.checkpoint',
  rights: EVERYBODY,
  help: 'Save where a task stands, files included, for whoever continues',
  examples: ['callsheet task checkpoint task-3 --done "the limiter" --next "its tests"'],
  input: {
    ...CLAIM_FIELDS,
    done: { kind: 'text', required: true, maxChars: 4_000, help: 'What is done' },
    next: { kind: 'text', required: true, maxChars: 4_000, help: 'What is next' },
    question: { kind: 'text', many: true, maxChars: 4_000, help: 'What is still open' },
    yes: YES,
  },
  async run(context, input) {
    const { store, root } = context.sheet;
    const { claim, task } = await store.transaction((tx) => requireHeld(tx, context, input));
    // Of the attempt's own workspace, wherever the command was given.
    const path = (await findAttempt(store, claim))?.workspace ?? root;
    // Those of a run were agreed to when it began.
    if (task.runId === undefined) await agreeToGitPrograms(context, input.yes);
    const place = { store, repository: await context.repository() };
    const request = {
      path,
      reason: `checkpoint: ${oneLine(input.done, 100)}`,
      ...claim,
      ...defined({ runId: task.runId }),
    };
    const snapshot = await saveWorkspace(place, request, { always: true });
    const checkpoint = await store.transaction(async (tx) => {
      await requireHeld(tx, context, { id: claim.taskId, attempt: claim.attempt });
      const { done, next, question } = input;
      return recordCheckpoint(tx, {
        ...claim,
        done,
        next,
        questions: question,
        ...defined({ snapshotCommit: snapshot?.commit }),
      });
    });
    return {
      ...{ id: checkpoint.id, task: claim.taskId, attempt: claim.attempt },
      ...defined({ snapshot: snapshot?.id, commit: snapshot?.commit }),
      leftOut: snapshot?.leftOut ?? [],
    };
  },
  show: ({ id, task, snapshot, leftOut }) =>
    [
      `Saved ${id} of ${task}${snapshot === undefined ? '' : `, its files as ${snapshot}`}`,
      ...leftOut.map(({ path, reason }) => `Not saved: ${oneLine(plainText(path), 100)} (${reason})`),
    ].join('\n'),
});
