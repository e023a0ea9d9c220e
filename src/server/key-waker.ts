import { findAgent, liveAgents, noteWaiter, type Agent } from '../agent/index.js';
import { isWokenByKeys } from '../client/index.js';
import { readConfig } from '../config/index.js';
import { CallsheetError, messageOf } from '../error/index.js';
import { appendEvent } from '../event/index.js';
import { defined, type Store } from '../store/index.js';
import { isOfTeam, workWaiting } from '../team/index.js';
import { openPane } from '../tmux/index.js';
import { NewestOnly } from './newest-only.js';
import { wakeByKeys, type Sleeper } from './wake-by-keys.js';

const LOOK_AFTER_MS = 30_000;

export interface KeyWakerOptions {
  store: Store;
  /** The checkout whose configuration may forbid it. */
  root: string;
  /** The file of tmux. */
  tmux: string;
  /** How long a client may take to draw what is expected; see {@link wakeByKeys}. */
  patienceMs?: number;
  /** Hears what went wrong. */
  say: (line: string) => void;
}

/**
 * Wakes idle sessions of a team whose client has no hook for it, by typing into their pane of tmux, once each time that
 * they are idle. It looks after each commit; a session that could not be woken is looked at again now and then.
 */
export class KeyWaker {
  private readonly queue = new NewestOnly();
  /** Why a session was not woken while it was idle last, so that it is said once. */
  private readonly told = new Map<string, string>();
  private readonly unwatch: () => void;
  private cancel: () => void = () => undefined;
  private hasEnded = false;

  constructor(private readonly options: KeyWakerOptions) {
    this.unwatch = options.store.watch(() => this.noted());
    this.noted();
  }

  /** Looks no more; whom it has found is woken. */
  async finished(): Promise<void> {
    this.hasEnded = true;
    this.unwatch();
    this.cancel();
    await this.queue.finished();
  }

  /** Something may have changed for somebody. */
  noted(): void {
    if (this.hasEnded) return;
    this.cancel();
    this.cancel = this.options.store.clock.after(LOOK_AFTER_MS, () => this.noted());
    this.add('', () => this.look());
  }

  private add(key: string, work: () => Promise<void>): void {
    this.queue.add(key, () =>
      work().catch((error: unknown) => this.options.say(`Nobody was woken: ${messageOf(error)}`)),
    );
  }

  private async look(): Promise<void> {
    for (const agent of await liveAgents(this.options.store)) {
      const sleeper = await this.sleeperOf(agent);
      if (sleeper !== undefined && (await this.isAllowed()))
        this.add(agent.id, () => this.wake(agent, sleeper));
    }
  }

  private async sleeperOf(agent: Agent): Promise<Sleeper | undefined> {
    const { id, driver, idleSince, pid, pidStartedAt: startedAt } = agent;
    if (idleSince === undefined || pid === undefined || startedAt === undefined) return undefined;
    if (!isWokenByKeys(driver) || !isOfTeam(agent) || agent.waiter === turnOf(idleSince)) return undefined;
    const { store, tmux } = this.options;
    const what = await workWaiting(store, agent);
    const pane = what === undefined ? undefined : openPane(tmux, { pid, startedAt });
    if (what === undefined || pane === undefined) return undefined;
    const isIdle = async () => (await findAgent(store, id))?.idleSince === idleSince;
    return { client: driver, pane, what, isIdle, takeTurn: () => takeTurn(store, id, idleSince) };
  }

  /** A mistake in the configuration forbids it: whoever reads that for a person says what it is. */
  private async isAllowed(): Promise<boolean> {
    try {
      return (await readConfig(this.options.root)).wakeByKeys !== false;
    } catch (error) {
      if (error instanceof CallsheetError) return false;
      throw error;
    }
  }

  private async wake({ id, idleSince }: Agent, sleeper: Sleeper): Promise<void> {
    const { store } = this.options;
    const outcome = await wakeByKeys(store.clock, sleeper, this.options.patienceMs);
    if (outcome === 'needless') return;
    const why = outcome === 'woken' ? undefined : outcome.why;
    const said = `${idleSince} ${why}`;
    if (this.told.get(id) === said) return;
    this.told.set(id, said);
    const type = why === undefined ? 'agent.woken' : 'agent.not-woken';
    const data = { by: 'keys', for: sleeper.what, pane: sleeper.pane.id, ...defined({ why }) };
    await store.transaction((tx) => appendEvent(tx, { type, agentId: id, data }));
  }
}

/** The sheet keeps it, so that no other server tries as well. */
const turnOf = (idleSince: number): string => `keys:${idleSince}`;

function takeTurn(store: Store, id: string, idleSince: number): Promise<boolean> {
  return store.transaction(async (tx) => {
    const now = await findAgent(tx, id);
    if (now?.idleSince !== idleSince || now.waiter === turnOf(idleSince)) return false;
    await noteWaiter(tx, id, turnOf(idleSince));
    return true;
  });
}
