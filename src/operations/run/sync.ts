import { CallsheetError } from '../../error/index.js';
import { integrationRef } from '../../run/index.js';
import { findAttempt, findTasks, type Task } from '../../task/index.js';
import { defineOperation, type Context } from '../operation.js';
import { shownNames } from '../../text/index.js';

export const sync = defineOperation({
  name: 'sync',
  rights: ['worker', 'reviewer'],
  instead: 'Only an agent of a run has a branch to bring up to date; yours: git merge',
  help: "Inside a run: bring what has landed meanwhile into this attempt's branch",
  input: {},
  async run(context) {
    const task = await taskOf(context);
    const { repository, path } = await workspaceOf(context, task);
    const saved = await repository.commitAll(path, `Work of ${task.id} before bringing in what has landed\n`);
    const head = saved ?? (await repository.headOf(path));
    const target = await repository.resolve(integrationRef(task.runId ?? ''));
    if (head === undefined || target === undefined || (await repository.isAncestor(target, head))) {
      return { task: task.id, commit: head, changed: [] };
    }
    const merged = await repository.merge(head, target, { cwd: path });
    if (!merged.clean)
      throw conflict(
        task.id,
        merged.conflicts.map((each) => each.path),
      );
    const commit = await repository.commitTree({
      tree: merged.tree,
      parents: [head, target],
      message: `Bring ${task.runId ?? 'the run'} into ${task.id}\n`,
    });
    await repository.fastForward(path, commit);
    return {
      task: task.id,
      commit,
      changed: (await repository.changedPaths(head, commit)).map((each) => each.path),
    };
  },
  show: ({ changed }) =>
    changed.length === 0 ? 'Nothing has landed since you began.' : `Brought in: ${changed.join(', ')}`,
});

/** The attempt's own workspace, wherever the command was given: nobody else's checkout is committed to. */
async function workspaceOf(context: Context, task: Task) {
  const attempt = await findAttempt(context.sheet.store, { taskId: task.id, attempt: task.attempt });
  if (attempt?.workspace === undefined) throw noClaim(context);
  return { repository: await context.repository(), path: attempt.workspace };
}

async function taskOf({ sheet, actor }: Context) {
  const held =
    actor.agentId === undefined
      ? []
      : await findTasks(sheet.store, { claimedBy: actor.agentId, states: ['running'] });
  const [task] = held;
  if (task?.runId !== undefined) return task;
  throw noClaim({ actor });
}

function noClaim({ actor }: Pick<Context, 'actor'>): CallsheetError {
  return new CallsheetError('NO_CLAIM', `${actor.name} holds no task of a run. Nothing was changed.`, {
    hint: 'This is for agents inside a run.',
  });
}

function conflict(taskId: string, paths: string[]): CallsheetError {
  return new CallsheetError(
    'SYNC_CONFLICT',
    `What has landed conflicts with the work of ${taskId} in ${shownNames(paths)}. Your branch was not changed; your work is committed.`,
    {
      hint: 'Go on: when you are done, the conflict goes into the landing queue and comes back as a new attempt. Or merge it yourself with git.',
      data: { paths },
    },
  );
}
