import type { Repository } from '../../src/git/index.js';
import type { Clock, Store, Transaction } from '../../src/store/index.js';
import type { ProcessIdentity } from '../../src/process/index.js';
import type { VirtualTime } from './virtual-time.js';

/** Where a process can die. */
export type Moment = 'commit' | 'git';

/** Tells the virtual time that something real goes on. */
export type Hold = <T>(call: Promise<T>) => Promise<T>;

/** What a dead process waits for. */
const NEVER: Promise<never> = new Promise(() => undefined);

type Asked = (this: Repository, ...given: unknown[]) => Promise<unknown>;

/** Rolls back the transaction in which its process died. */
class Died extends Error {
  override readonly name = 'Died';
}

/**
 * A simulated process. What it is given (store, clock, repository) works while it lives; when it has died nothing of
 * it goes on: its waits never end, its answers never come, its transactions are rolled back.
 */
export class Life {
  isAlive = true;
  /** Settles when it has died. */
  readonly died: Promise<'died'>;
  private tellDeath: (how: 'died') => void = () => undefined;
  private countdown: { moment: Moment; left: number; isAfter: boolean } | undefined;
  private readonly ends: (() => void)[] = [];

  constructor(
    readonly identity: ProcessIdentity,
    private readonly time: VirtualTime,
  ) {
    this.died = new Promise((resolve) => (this.tellDeath = resolve));
  }

  die(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    for (const end of this.ends) end();
    this.tellDeath('died');
  }

  onDeath(work: () => void): void {
    this.ends.push(work);
  }

  /** Makes it die at its `left`-th commit or call of git from now: before that has any effect, or when it has. */
  dieAt(moment: Moment, left: number, isAfter: boolean): void {
    this.countdown = { moment, left, isAfter };
  }

  clock(): Clock {
    const clock: Clock = {
      now: () => this.time.now(),
      after: (ms, work) =>
        this.time.after(ms, () => {
          if (this.isAlive) work();
        }),
    };
    return clock;
  }

  store(inner: Store): Store {
    const clock = this.clock();
    return {
      clock,
      chance: inner.chance,
      all: (statement) => this.outlived(inner.all(statement)),
      get: (statement) => this.outlived(inner.get(statement)),
      transaction: (work) => this.transaction(inner, work),
      watch: (onCommit) =>
        inner.watch(() => {
          if (this.isAlive) onCommit();
        }),
      close: async () => undefined,
      flush: () => this.outlived(inner.flush()),
      // Nobody else has the sheet open.
      waitLonger: () => () => undefined,
    };
  }

  /**
   * @param pause Waits before a call, as long as that call takes; so that others come in between.
   * @param hold Tells the virtual time of a call that is real.
   */
  repository(
    inner: Repository,
    pause: (name: string) => Promise<void> | undefined,
    hold: Hold = (call) => call,
  ): Repository {
    return new Proxy(inner, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          if (!this.isAlive) return NEVER;
          const waiting = pause(String(name));
          if (waiting !== undefined) await waiting;
          const doom = this.reach('git');
          if (doom === 'before') this.die();
          if (!this.isAlive) return NEVER;
          const answer = await this.outlived(hold((member as Asked).apply(target, given)));
          if (doom === 'after') this.die();
          return this.isAlive ? answer : NEVER;
        };
      },
    });
  }

  /** The answer, if it is still there to hear it. */
  async outlived<T>(answer: Promise<T>): Promise<T> {
    this.time.count();
    if (!this.isAlive) return NEVER;
    try {
      const value = await answer;
      return this.isAlive ? value : await NEVER;
    } catch (error) {
      if (!this.isAlive) return NEVER;
      throw error;
    }
  }

  private async transaction<T>(inner: Store, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (!this.isAlive) return NEVER;
    let doom: 'before' | 'after' | undefined;
    const answer = inner.transaction(async (tx) => {
      this.requireLife();
      const result = await work(this.mortal(tx));
      this.requireLife();
      doom = this.reach('commit');
      if (doom === 'before') this.die();
      this.requireLife();
      return result;
    });
    const result = await this.outlived(answer);
    if (doom === 'after') this.die();
    return this.isAlive ? result : NEVER;
  }

  private mortal(tx: Transaction): Transaction {
    const guarded = <T>(call: () => Promise<T>): Promise<T> => {
      this.requireLife();
      return call();
    };
    return {
      ...tx,
      all: (statement) => guarded(() => tx.all(statement)),
      get: (statement) => guarded(() => tx.get(statement)),
      run: (statement) => guarded(() => tx.run(statement)),
    };
  }

  private requireLife(): void {
    if (!this.isAlive) throw new Died('its process died in the transaction');
  }

  private reach(moment: Moment): 'before' | 'after' | undefined {
    const { countdown } = this;
    if (countdown?.moment !== moment) return undefined;
    countdown.left -= 1;
    if (countdown.left > 0) return undefined;
    this.countdown = undefined;
    return countdown.isAfter ? 'after' : 'before';
  }
}
