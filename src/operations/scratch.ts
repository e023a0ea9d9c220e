import { findAgent } from '../agent/index.js';
import { readConfig } from '../config/index.js';
import { findRun } from '../run/index.js';
import { makeScratchOfRun, openScratch } from '../workspace/index.js';
import { defineOperation, EVERYBODY, type Context } from './operation.js';
import { agreeOnce, YES } from './run/index.js';

export const scratch = defineOperation({
  name: 'scratch',
  rights: EVERYBODY,
  help: 'Show the folder that all sessions share, for files that are no part of the work; it is made when it is missing',
  examples: ['cd "$(callsheet scratch)"'],
  input: { yes: YES },
  run: async (context, { yes }) => ({
    folder: (await ofRun(context)) ?? (await scratchOfSheet(context, yes)),
  }),
  show: ({ folder }) => folder,
});

/** Agents of a run share a folder of that run: it is `$CALLSHEET_SCRATCH` for them. */
async function ofRun({ sheet: { store, folder }, actor: { agentId } }: Context): Promise<string | undefined> {
  const agent = agentId === undefined ? undefined : await findAgent(store, agentId);
  const run = agent?.runId === undefined ? undefined : await findRun(store, agent.runId);
  return run === undefined ? undefined : makeScratchOfRun({ run, sheetFolder: folder });
}

/**
 * The folder that the live sessions of a sheet share, made when it is missing.
 * @param yes Agrees to the place that the repository's configuration wishes for.
 * @throws {CallsheetError} `CONSENT_NEEDED`, `SCRATCH_PLACE`.
 */
export async function scratchOfSheet(context: Context, yes: boolean): Promise<string> {
  const { folder, commonDir, root } = context.sheet;
  const { workspaces } = await readConfig(root);
  // In the words of a run: what was agreed to there is not asked for again.
  const agree = (place: string): Promise<void> => agreeOnce(context, [`workspaces: ${place}`], yes);
  const wished = workspaces === undefined ? {} : { wished: { workspaces, agree } };
  return openScratch({ sheetFolder: folder, commonDir, root, ...wished });
}
