import { existsSync } from 'node:fs';
import {
  CLIENTS,
  fullPath,
  holdsHooks,
  readPlace,
  settingsFiles,
  type ClientName,
  type SettingsFile,
} from '../../client/index.js';
import { CallsheetError } from '../../error/index.js';
import { isInCheckout, trackingOf } from '../../git/index.js';
import type { Context } from '../operation.js';
import { putting, shownPath, taking, type Change } from './change.js';
import { allRecords, readRecord } from './record.js';
import { puttingScript, takingScript } from './script.js';
import { excludeTarget, pluginTarget, settingsTarget, type Target } from './target.js';

/** All that a command will do, known before anything of it is done. */
export interface Plan {
  changes: Change[];
  /** What a person should know besides. */
  notes: string[];
}

/** A settings file, and our part in it. */
export interface OwnSettings extends SettingsFile {
  target: Target;
}

type Place = Pick<Context, 'sheet' | 'env'>;

/** Our part in the files of all clients. */
export async function ownSettings({ sheet, env }: Place): Promise<OwnSettings[]> {
  const found: OwnSettings[] = [];
  for (const file of settingsFiles(sheet, env)) {
    const { hooks = [], servers } = CLIENTS.find(({ name }) => name === file.client) ?? {};
    const target =
      hooks === 'plugin' ? pluginTarget(file.place) : await settingsTarget(file.place, hooks, servers);
    found.push({ ...file, target });
  }
  return found;
}

/**
 * What sets a checkout up for clients: for all who share the repository, and for one person wherever they start a client
 * in it; with `local` for that person only. A client runs a line that stands in both once.
 */
export async function planInit(
  context: Place,
  clients: readonly ClientName[],
  local: boolean,
): Promise<Plan> {
  const { folder } = context.sheet;
  const files = (await ownSettings(context)).filter(({ client }) => clients.includes(client));
  if (files.length === 0) return { changes: [], notes: [] };
  const plan: Plan = { changes: [puttingScript(folder)], notes: [] };
  for (const file of files) {
    if (file.scope === 'person') await addOwn(context, file, plan);
    else if (file.scope === 'home') plan.changes.push(putting(folder, file.target));
    else if (!local) await addShared(context, file, plan);
  }
  return plan;
}

const EXCLUDE = '.git/info/exclude';

async function addOwn({ sheet: { folder, commonDir } }: Place, own: OwnSettings, plan: Plan): Promise<void> {
  const { base, path } = own.place;
  const tracking = (await isInCheckout(base)) ? await trackingOf(base, path) : 'ignored';
  if (tracking === 'tracked') plan.notes.push(`${path} is committed: others get the hooks as well.`);
  if (tracking === 'offered') {
    plan.changes.push(putting(folder, excludeTarget(commonDir, `/${path}`)));
    plan.notes.push(`${path} was offered to git; ${EXCLUDE} keeps it to you.`);
  }
  plan.changes.push(putting(folder, own.target));
}

async function addShared({ sheet }: Place, shared: OwnSettings, plan: Plan): Promise<void> {
  const { root, folder } = sheet;
  plan.changes.push(putting(folder, shared.target));
  if ((await trackingOf(root, shared.place.path)) === 'ignored')
    plan.notes.push(`${shared.place.path} is ignored by git: only this checkout has it.`);
}

function isOurs({ target }: OwnSettings): boolean {
  return target.state(readPlace(target.place).bytes) !== 'none';
}

/** Where init has changed nothing, a file that cannot be read stands in nobody's way. */
function hasHooks(file: OwnSettings): boolean {
  try {
    return isOurs(file);
  } catch (error) {
    if (error instanceof CallsheetError) return false;
    throw error;
  }
}

/** Ours, and not taken out whole. */
function isLeft({ target, place }: OwnSettings, changes: readonly Change[]): boolean {
  const change = changes.find((each) => fullPath(each.place) === fullPath(place));
  return change?.after !== undefined && target.state(change.after) !== 'none';
}

/**
 * What undoes a set-up: what init wrote here, or all that is of callsheet in the files of clients that were told.
 * The script stays while another checkout of the repository needs it.
 */
export async function planRemove(context: Place, told: readonly ClientName[], local: boolean): Promise<Plan> {
  const { root, folder, commonDir } = context.sheet;
  const plan: Plan = { changes: [], notes: [] };
  const files = (await ownSettings(context)).filter(
    ({ client, scope }) => (told.length === 0 || told.includes(client)) && (!local || scope === 'person'),
  );
  for (const file of files) {
    const isKnown = readRecord(folder, fullPath(file.place)) !== undefined;
    if (isKnown || told.length > 0) plan.changes.push(taking(folder, file.target, told.length > 0));
    if (isLeft(file, plan.changes))
      plan.notes.push(
        `${shownPath(root, file.place)} stays, since somebody has changed it; without the script it does nothing.`,
      );
    if (isKnown && file.scope === 'home')
      plan.notes.push(
        `${fullPath(file.place)} was for all your repositories: in others, give callsheet init again.`,
      );
    if (!isKnown && told.length === 0 && hasHooks(file))
      plan.notes.push(
        `${shownPath(root, file.place)} keeps its hooks, which were there before; without the script they do nothing. To take them out: callsheet init --remove --${file.client}`,
      );
  }
  const exclude = excludeTarget(commonDir, '/.claude/settings.local.json');
  const isExcluded = readRecord(folder, fullPath(exclude.place)) !== undefined;
  if (isExcluded && files.some(({ scope }) => scope === 'person'))
    plan.changes.push(taking(folder, exclude, false));
  const others = needing(folder, plan.changes);
  if (others.length === 0) plan.changes.push(takingScript(folder));
  else plan.notes.push(stays(others, plan.changes, files));
  return plan;
}

/** What other checkouts of the repository keep, and what they lose with a person's own settings. */
function stays(others: readonly string[], changes: readonly Change[], files: readonly OwnSettings[]): string {
  const own = files.find(({ scope }) => scope === 'person');
  const isGone = own !== undefined && changes.some(({ place }) => fullPath(place) === fullPath(own.place));
  return [
    `The script stays, since ${others.join(', ')} has the hooks.`,
    ...(isGone
      ? ['Sessions in folders below that checkout are covered no more: give callsheet init there again.']
      : []),
  ].join(' ');
}

/** Settings that init has written, which are there and are not among those that change now. */
function needing(folder: string, changes: readonly Change[]): string[] {
  const handled = new Set(changes.map(({ place }) => fullPath(place)));
  return allRecords(folder)
    .map(({ path }) => path)
    .filter((path) => !handled.has(path) && holdsHooks(path) && existsSync(path));
}
