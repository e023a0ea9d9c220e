import { fullPath, readPlace } from '../../client/index.js';
import { CallsheetError } from '../../error/index.js';
import { locateRepository } from '../../git/index.js';
import type { Finding } from '../doctor/finding.js';
import type { Context } from '../operation.js';
import { shownPath } from './change.js';
import { lookForClients, type Known } from './clients.js';
import { ownSettings } from './plan.js';
import { stateOfScript } from './script.js';

const INIT = 'callsheet init';

/** Whether this checkout is set up for clients, and whether what was set up is as this version wants it. */
export async function checkGuard(context: Context): Promise<Finding[]> {
  const { sheet, cwd } = context;
  if (locateRepository(cwd)?.hasCheckout !== true)
    return [{ level: 'ok', what: 'guard', found: 'there is no checkout to set up' }];
  try {
    return await findings(context);
  } catch (error) {
    if (!(error instanceof CallsheetError)) throw error;
    return [{ level: 'warn', what: 'guard', found: error.message, todo: error.hint ?? INIT }];
  }
  async function findings(place: Context): Promise<Finding[]> {
    const all = (await ownSettings(place)).map(({ place: file, target, scope, client }) => ({
      ...{ client, scope },
      path: scope === 'home' ? fullPath(file) : shownPath(sheet.root, file),
      state: target.state(readPlace(file).bytes),
    }));
    const set = all.filter(({ state }) => state !== 'none');
    // A client reads what all share only in the folder that it is started in; opencode also from below.
    const onlyAtTop = set.filter(
      ({ client, scope }) =>
        scope === 'team' &&
        client !== 'opencode' &&
        !set.some((other) => other.client === client && other.scope !== 'team'),
    );
    const script = stateOfScript(sheet.folder);
    if (set.length === 0)
      return [{ level: 'ok', what: 'guard', found: 'not set up in this checkout', todo: INIT }];
    return [
      ...set.map(({ path, state }): Finding =>
        state === 'current'
          ? { level: 'ok', what: 'guard', found: `set up in ${path}` }
          : {
              level: 'warn',
              what: 'guard',
              found: `what callsheet has in ${path} is out of date`,
              todo: INIT,
            },
      ),
      ...onlyAtTop.map(({ client }): Finding => ({
        level: 'warn',
        what: 'guard',
        found: `${client} is guarded only when it is started in the top folder of this checkout`,
        todo: INIT,
      })),
      scriptFinding(script),
    ];
  }
}

function scriptFinding({ state, path }: ReturnType<typeof stateOfScript>): Finding {
  const what = 'hook script';
  if (state === 'current') return { level: 'ok', what, found: path };
  const found =
    state === 'none' ? `${path} is missing: the hooks do nothing` : `${path} is of another version`;
  return { level: 'warn', what, found, todo: INIT };
}

/** Which clients a person can start here, and what the guard can do for each. Asks them for their version. */
export async function checkClients(context: Context): Promise<Finding[]> {
  try {
    const known = await lookForClients(context, () => true);
    const absent = known.filter(({ program }) => program === undefined).map(({ client }) => client.program);
    return [
      ...known.filter(({ program }) => program !== undefined).map(clientFinding),
      ...(absent.length === 0
        ? []
        : [{ level: 'ok' as const, what: 'clients', found: `not on the PATH: ${absent.join(', ')}` }]),
    ];
  } catch (error) {
    if (!(error instanceof CallsheetError)) throw error;
    return [
      {
        level: 'warn',
        what: 'clients',
        found: error.message,
        ...(error.hint === undefined ? {} : { todo: error.hint }),
      },
    ];
  }
}

function clientFinding({ client, version, isWhole, why }: Known): Finding {
  return {
    level: isWhole ? 'ok' : 'warn',
    what: client.program,
    found: `${version ?? 'does not say its version'}, guarded ${why}`,
    ...(isWhole ? {} : { todo: `bring ${client.title} up to date` }),
  };
}
