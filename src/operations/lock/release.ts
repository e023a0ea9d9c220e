import { CallsheetError, usageError } from '../../error/index.js';
import { releaseLock } from '../../lock/index.js';
import { defined } from '../../store/index.js';
import { namesOf } from '../names.js';
import { defineOperation, EVERYBODY } from '../operation.js';
import { lockDocument } from './document.js';

export const lockRelease = defineOperation({
  name: 'lock.release',
  rights: EVERYBODY,
  help: 'Let go of what you have locked',
  input: {
    paths: { kind: 'path', positional: true, many: true, placeholder: 'PATH', help: 'As they were locked' },
    resource: { kind: 'name', many: true, help: 'A named resource' },
    id: { kind: 'name', placeholder: 'ID', help: 'A lock, or a request that waits' },
    all: { kind: 'flag', help: 'All that you hold or wait for' },
  },
  async run(context, input) {
    const { paths, resource, id, all } = input;
    if (paths.length + resource.length === 0 && id === undefined && !all) throw nothingNamed();
    const agentId = await context.agentId();
    return context.sheet.store.transaction(async (tx) => {
      const given = {
        agentId,
        paths,
        resources: resource,
        all,
        ofOthers: context.actor.role === 'human',
        ...defined({ lockId: id }),
      };
      const { released, granted } = await releaseLock(tx, given);
      if (released.length === 0) throw notHeld([...paths, ...resource], context.actor.name);
      const names = await namesOf(
        tx,
        [...released, ...granted].map((lock) => lock.agentId),
      );
      return {
        released: released.map((lock) => lockDocument(lock, names)),
        granted: granted.map((lock) => lockDocument(lock, names)),
      };
    });
  },
  show: ({ released, granted }) =>
    [
      ...released.map(
        ({ id, paths, resources }) => `Released ${[...paths, ...resources].join(', ')} (${id})`,
      ),
      ...granted.map(
        ({ agent, paths, resources }) => `${agent} has now ${[...paths, ...resources].join(', ')}`,
      ),
    ].join('\n'),
});

function nothingNamed(): CallsheetError {
  return usageError(
    'INPUT_MISSING',
    'Nothing is named to be released. Nothing was released.',
    'Name paths, --resource NAME, --id ID or --all; see: callsheet lock list',
  );
}

function notHeld(wanted: readonly string[], name: string): CallsheetError {
  const what = wanted.length === 0 ? 'anything' : wanted.join(', ');
  return new CallsheetError('LOCK_NOT_HELD', `${name} does not hold ${what}. Nothing was released.`, {
    hint: 'See the locks: callsheet lock list',
  });
}
