import { findAgent } from '../agent/index.js';
import { readConfig } from '../config/index.js';
import { findRun } from '../run/index.js';
import { defined } from '../store/index.js';
import { makeScratchOfRun, openScratch } from '../workspace/index.js';
import { defineOperation, EVERYBODY, type Context } from './operation.js';

export const scratch = defineOperation({
  name: 'scratch',
  rights: EVERYBODY,
  help: 'Show the folder that all sessions share, for files that are no part of the work; it is made when it is missing',
  examples: ['cd "$(callsheet scratch)"'],
  input: {},
  run: async (context) => ({ folder: (await ofRun(context)) ?? (await ofSheet(context)) }),
  show: ({ folder }) => folder,
});

/** Agents of a run share a folder of that run: it is `$CALLSHEET_SCRATCH` for them. */
async function ofRun({ sheet: { store }, actor: { agentId } }: Context): Promise<string | undefined> {
  const agent = agentId === undefined ? undefined : await findAgent(store, agentId);
  const run = agent?.runId === undefined ? undefined : await findRun(store, agent.runId);
  return run === undefined ? undefined : makeScratchOfRun({ run });
}

async function ofSheet({ sheet: { folder, commonDir, root } }: Context): Promise<string> {
  const { workspaces } = await readConfig(root);
  return openScratch({ sheetFolder: folder, commonDir, root, ...defined({ workspaces }) });
}
