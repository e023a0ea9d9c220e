import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_NAMES, type ClientName } from '../../client/index.js';
import { CallsheetError } from '../../error/index.js';
import { locateRepository } from '../../git/index.js';
import { defineOperation, type Context } from '../operation.js';
import { canAsk, isAgreed } from '../question.js';
import { applyAll, briefDiffOf, diffOf, kindOf, shownPath, type Change } from './change.js';
import { applyGitHook, planGitHook } from './git-hook.js';
import { chosenClients, clientDocument, lookForClients } from './clients.js';
import { planMcp, planMcpRemoval } from './mcp-plan.js';
import { planInit, planRemove, type Plan } from './plan.js';
import { allRecords } from './record.js';
import { scriptPlace } from './script.js';
import { nextSteps, showDiffs, showInit, type InitAnswer } from './show-init.js';

const told = (title: string) => ({ kind: 'flag', help: `For ${title}, found or not` }) as const;

export const init = defineOperation({
  name: 'init',
  rights: ['human'],
  instead: 'Ask a person to set the clients up: it changes what they run.',
  help: 'Set the repository up for coding agents in terminals: their hooks and MCP servers',
  examples: [
    'callsheet init',
    'callsheet init --dry-run',
    'callsheet init --claude --local --yes',
    'callsheet init --claude-desktop',
    'callsheet init --remove',
  ],
  input: {
    claude: told('Claude Code'),
    codex: told('Codex'),
    gemini: told('Gemini CLI'),
    opencode: told('opencode'),
    claudeDesktop: { kind: 'flag', help: 'For Claude Desktop, as lead by MCP; alone, for nothing else' },
    local: { kind: 'flag', help: 'Only for you: in .claude/settings.local.json, which git is not offered' },
    remove: { kind: 'flag', help: 'Undo it: what was there before comes back' },
    dryRun: { kind: 'flag', help: 'Only show what would change' },
    yes: { kind: 'flag', help: 'Change it without asking' },
  },
  async run(context, input): Promise<InitAnswer> {
    requireCheckout(context);
    const clients = CLIENT_NAMES.filter((name) => input[name]);
    const isDesktopOnly = input.claudeDesktop && clients.length === 0;
    const isWanted = (name: ClientName): boolean => clients.length === 0 || clients.includes(name);
    const chosen =
      isDesktopOnly || input.remove
        ? []
        : chosenClients(await lookForClients(context, ({ name }) => isWanted(name)), clients);
    const hooks = isDesktopOnly
      ? { changes: [], notes: [] }
      : input.remove
        ? await planRemove(context, clients, input.local)
        : await planInit(
            context,
            chosen.map(({ client }) => client.name),
            input.local,
          );
    const servers = await planServers(
      context,
      input,
      input.remove ? clients : chosen.map(({ client }) => client.name),
      hooks.changes,
    );
    const plan = {
      changes: [...hooks.changes, ...servers.changes],
      notes: [...hooks.notes, ...servers.notes],
    };
    const gitHook = await planGitHook(context, hooks, input.remove);
    const answer: InitAnswer = {
      gitHook: gitHook.lines,
      files: await filesOf(context, plan),
      clients: chosen.map(clientDocument),
      notes: [...plan.notes, ...gitHook.notes],
      next: nextSteps(chosen, plan, input.remove),
      dryRun: input.dryRun,
    };
    if (input.dryRun) return answer;
    if (answer.gitHook.length > 0 || answer.files.some(({ change }) => change !== 'unchanged'))
      await agree(context, answer, input.yes);
    await applyAll(context.sheet.folder, plan.changes);
    await applyGitHook(gitHook);
    if (input.remove) removeRest(context, plan.changes);
    return answer;
  },
  show: showInit,
});

/** MCP servers are for the same clients as hooks, and for Claude Desktop when it is told. */
function planServers(
  context: Context,
  { claudeDesktop, local, remove }: { claudeDesktop: boolean; local: boolean; remove: boolean },
  clients: readonly ClientName[],
  others: readonly Change[],
): Promise<Plan> {
  const wanted = [...clients, ...(claudeDesktop ? (['claude-desktop'] as const) : [])];
  return remove ? planMcpRemoval(context, wanted, local, others) : planMcp(context, wanted, local);
}

function requireCheckout({ sheet, cwd }: Context): void {
  if (locateRepository(cwd)?.hasCheckout === true) return;
  throw new CallsheetError(
    'CHECKOUT_MISSING',
    `${sheet.root} has no checkout, and clients keep their settings in one. Nothing was changed.`,
    { hint: 'Change into a checkout of it: git worktree list' },
  );
}

/** A new file that is as another new one is named only. */
function sameAsBefore(
  { root }: Context['sheet'],
  { before, after, place }: Change,
  files: InitAnswer['files'],
  changes: readonly Change[],
): string | undefined {
  if (before !== undefined || after === undefined) return undefined;
  const same = changes.find(
    (each) =>
      each.before === undefined &&
      each.after?.equals(after) === true &&
      files.some(({ path }) => path === shownPath(root, each.place)),
  );
  if (same === undefined) return undefined;
  return `${shownPath(root, place)} is created as ${shownPath(root, same.place)}`;
}

async function filesOf({ sheet }: Context, { changes }: Plan): Promise<InitAnswer['files']> {
  const files: InitAnswer['files'] = [];
  const lines: string[] = [];
  for (const change of changes) {
    if (change.before === undefined && change.after === undefined) continue;
    files.push({
      path: shownPath(sheet.root, change.place),
      change: kindOf(change),
      diff: await diffOf(sheet.root, change),
      preview: sameAsBefore(sheet, change, files, changes) ?? (await briefDiffOf(sheet.root, change, lines)),
    });
  }
  return files;
}

async function agree(context: Context, { files, gitHook }: InitAnswer, yes: boolean): Promise<void> {
  if (yes) return;
  const shown = [showDiffs(files), ...gitHook].join('\n');
  if (!canAsk(context))
    throw new CallsheetError(
      'CONSENT_NEEDED',
      `This would change, and there is no terminal to ask on:\n${shown}\nNothing was changed.`,
      { hint: 'Read it, then give --yes.', data: { files } },
    );
  context.say(shown);
  if (await isAgreed(context, 'Change it? [y/N] ')) return;
  throw new CallsheetError('NOT_CONFIRMED', 'Nothing was changed.', {
    hint: 'Give it again and answer y; --local keeps it to you.',
  });
}

/** What only the hooks have used, once no checkout has them any more. */
function removeRest({ sheet }: Context, changes: readonly Change[]): void {
  const script = scriptPlace(sheet.folder);
  if (changes.some(({ place }) => place.base === script.base && place.path === script.path))
    rmSync(join(sheet.folder, 'sessions'), { recursive: true, force: true });
  if (allRecords(sheet.folder).length === 0)
    rmSync(join(sheet.folder, 'init'), { recursive: true, force: true });
}
