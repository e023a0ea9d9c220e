import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Broken } from './broken.js';
import type { Person } from './person.js';
import { requireReason } from './rules.js';
import type { World } from './world.js';

/** What holds when no engine works any more, and none has anything left to do. */
export async function checkEnd(world: World, person: Person): Promise<void> {
  const { rules, repository, root, hands } = world;
  const run = rules.run();
  if (run === undefined) return requireNothingLeft(world);
  const tasks = rules.tasks();
  requireReason(run, tasks);
  const runId = String(run['id']);
  await requireLandedOnce(world, runId, String(run['base_commit']));
  const doneIds = new Set(tasks.filter((task) => task['state'] === 'done').map((task) => String(task['id'])));
  const folder = join(world.sheet.folder, 'repo.callsheet', runId);
  const rows = rules.workspaces();
  for (const { path } of await repository.worktrees()) {
    if (!path.startsWith(`${folder}/`)) continue;
    const row = rows.find((each) => each['path'] === path);
    if (row === undefined) throw new Broken(`${path} is a workspace that the sheet does not know`);
    if (row['kind'] === 'gate') throw new Broken(`the gate's workspace ${path} is left`);
    if (doneIds.has(String(row['task_id'])) && row['kept'] === null)
      throw new Broken(`${path} is left although ${String(row['task_id'])} is done`);
  }
  for (const row of rows) {
    if (!existsSync(String(row['path']))) throw new Broken(`the workspace ${String(row['path'])} is gone`);
  }
  for (const [ref] of await repository.refs(`refs/heads/callsheet/${runId}`)) {
    const [task, attempt] = /\/([^/]+)\.(\d+)$/.exec(ref)?.slice(1) ?? [];
    const isOfWorkspace = rows.some(
      (each) => each['task_id'] === task && each['attempt'] === Number(attempt),
    );
    if (task !== undefined && doneIds.has(task) && !isOfWorkspace)
      throw new Broken(`the branch ${ref} is left although ${task} is done`);
  }
  const seen = hands.filesIn(root);
  for (const path of new Set([...seen.keys(), ...person.checkout.keys()])) {
    if (seen.get(path) !== person.checkout.get(path))
      throw new Broken(`${path} of the person's checkout is not as they left it`);
  }
}

/** Nothing is left of a run that did not begin. */
async function requireNothingLeft({ rules, repository }: World): Promise<void> {
  const left = rules.workspaces();
  const worktrees = (await repository.worktrees()).length - 1;
  const refs = await repository.refs('refs/heads/callsheet');
  if (left.length + worktrees + refs.size > 0)
    throw new Broken(
      `a run that did not begin left ${left.length} workspaces, ${worktrees} worktrees, ${refs.size} branches`,
    );
}

/** git and the sheet tell of the same landings, each of them once, each of them the merge that it says it is. */
async function requireLandedOnce({ rules, repository }: World, runId: string, base: string): Promise<void> {
  const head = await repository.resolve(`refs/heads/callsheet/${runId}/main`);
  if (head === undefined) throw new Broken(`the integration branch of ${runId} is gone`);
  const claims = new Set<string>();
  const commits = new Set<string>();
  for (const { commit, parents, tree, trailers } of await repository.firstParentLog(base, head)) {
    const [onto = '', work = ''] = parents;
    const merged = await repository.merge(onto, work, { cwd: repository.root });
    if (!merged.clean || merged.tree !== tree) throw new Broken(`${commit} is not what its parents merge to`);
    if (trailers['Callsheet-Task'] === undefined) continue;
    const claim = `${trailers['Callsheet-Task']} ${trailers['Callsheet-Attempt']}`;
    if (claims.has(claim)) throw new Broken(`${claim} has landed twice`);
    claims.add(claim);
    commits.add(commit);
  }
  const landed = rules.landings().filter((each) => each.state === 'landed');
  const strays = landed.filter((each) => !commits.has(each.commit ?? ''));
  if (strays.length > 0 || landed.length !== commits.size)
    throw new Broken(
      `git has landed ${[...claims].join()}, the sheet ${landed.map((each) => `${each.taskId} ${each.attempt}`).join()}`,
    );
}
