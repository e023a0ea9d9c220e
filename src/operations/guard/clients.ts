import {
  CLIENTS,
  coverageOf,
  findProgram,
  fullPath,
  signsOfClients,
  versionOf,
  type Client,
  type ClientName,
  type Coverage,
} from '../../client/index.js';
import { lstatSync } from 'node:fs';
import { CallsheetError } from '../../error/index.js';
import { defined } from '../../store/index.js';
import type { Context } from '../operation.js';

/** A client on this machine. */
export interface Known extends Coverage {
  client: Client;
  /** Its program; undefined when it is not on the PATH. */
  program: string | undefined;
  /** It is on the PATH, or has settings here. */
  isFound: boolean;
  version: string | undefined;
}

/** Looks for clients, and asks those that `isAsked` for their version, all at once. */
export async function lookForClients(
  { sheet, env }: Pick<Context, 'sheet' | 'env'>,
  isAsked: (client: Client) => boolean,
): Promise<Known[]> {
  const files = signsOfClients(sheet, env);
  return Promise.all(
    CLIENTS.map(async (client) => {
      const program = findProgram(client.program, env, sheet.root);
      const hasSettings = files.some((file) => file.client === client.name && isThere(fullPath(file.place)));
      const version =
        program === undefined || !isAsked(client) ? undefined : await versionOf(program, env, sheet.root);
      const isFound = program !== undefined || hasSettings;
      return { client, program, isFound, version, ...coverageOf(client, version) };
    }),
  );
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A file stands where a folder would be, or it may not be looked at: nobody's settings.
    return false;
  }
}

/**
 * Those that were told, else those that are found.
 * @throws {CallsheetError} `CLIENT_MISSING` when nothing was told and nothing is found.
 */
export function chosenClients(known: readonly Known[], told: readonly ClientName[]): Known[] {
  const chosen = known.filter(({ client, isFound }) =>
    told.length === 0 ? isFound : told.includes(client.name),
  );
  if (chosen.length > 0) return chosen;
  const names = known.map(({ client }) => client.program).join(', ');
  throw new CallsheetError(
    'CLIENT_MISSING',
    `None of ${names} is on the PATH or has settings here. Nothing was changed.`,
    { hint: 'Say which client you use: callsheet init --claude' },
  );
}

export function clientDocument({ client, isFound, version, why }: Known) {
  return defined({ client: client.name, found: isFound, version, why });
}
