import { openQuestions } from '../../src/message/index.js';
import { changeOptions } from '../../src/run/index.js';
import type { Random } from './random.js';
import { workersOf } from './rules.js';
import { ask, pauseOf, type Caller, type World } from './world.js';
import type { RawInput } from '../../src/operations/index.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What the person may do to the engine. */
export interface Reins {
  /** Tells the engine at work to stop, as Ctrl-C does. */
  stop: () => void;
}

/** A person at a terminal beside the run: answers (late, or never), interferes, and works on their own branch. */
export class Person {
  private readonly caller: Caller;
  private readonly answers: boolean;
  private edits = 0;
  /** What the checkout holds, as the person has left it. */
  checkout: ReadonlyMap<string, string>;

  constructor(
    private readonly world: World,
    private readonly random: Random,
  ) {
    this.caller = { life: world.machine.start(), as: 'petra' };
    this.answers = random.is(0.8);
    this.checkout = new Map(world.hands.filesIn(world.root));
  }

  /** Goes on until the machine does not. */
  async interfere(reins: Reins): Promise<void> {
    const acts = this.random.is(0.4) ? 0 : this.random.from(1, 6);
    for (let act = 0; act < acts; act += 1) {
      await this.pause(this.random.from(SECOND, 12 * MINUTE));
      await this.act(reins);
    }
  }

  async answerNowAndThen(): Promise<void> {
    for (;;) {
      await this.pause(this.random.from(MINUTE, 10 * MINUTE));
      if (this.answers) await this.answerAll();
    }
  }

  async answerAll(): Promise<void> {
    const store = this.caller.life.store(this.world.sheet.store);
    for (const { id } of await openQuestions(store)) {
      if (this.random.is(0.8)) await this.say('answer', { question: id, text: 'yes' });
    }
  }

  /** Lets everything go on that waits for a person and can. */
  async clearUp(): Promise<void> {
    await this.answerAll();
    for (const task of this.world.rules.tasks()) {
      const id = String(task['id']);
      if (task['state'] === 'paused' || task['state'] === 'blocked') await this.say('task.resume', { id });
      else if (task['state'] === 'failed' && this.random.is(0.6)) await this.say('task.retry', { id });
    }
    await this.say('lock.release', { all: true });
    const run = this.world.rules.run();
    // What `callsheet resume -w 2` changes.
    if (run !== undefined && workersOf(run) === 0) await this.setWorkers(2);
  }

  private async act({ stop }: Reins): Promise<void> {
    const { world, random } = this;
    const ids = world.scenario.tasks.map((task) => task.id);
    const id = random.one(ids);
    const what = random.weighted({
      pause: 20,
      resume: 12,
      cancel: 6,
      retry: 10,
      workers: 10,
      commit: 15,
      edit: 6,
      lock: 8,
      instruct: 6,
      stop: 7,
    });
    if (what === 'pause') return this.holdBack(id);
    if (what === 'resume') return void (await this.say('task.resume', { id }));
    if (what === 'cancel') return void (await this.say('task.cancel', { id }));
    if (what === 'retry') return this.retry(id);
    if (what === 'workers') return this.changeWorkers();
    if (what === 'commit') return this.commit();
    if (what === 'edit') return this.edit();
    if (what === 'lock')
      return void (await this.say('lock.acquire', {
        paths: [random.one([...world.scenario.base.keys()])],
        ttl: '15m',
      }));
    if (what === 'instruct') return this.instruct(id);
    return stop();
  }

  private async holdBack(id: string): Promise<void> {
    const answer = await this.say('task.pause', { id });
    if (!answer.ok || this.random.is(0.2)) return;
    await this.pause(this.random.from(SECOND, 8 * MINUTE));
    await this.say('task.resume', { id });
  }

  private async retry(id: string): Promise<void> {
    this.mayLandAgain(id);
    await this.say('task.retry', { id });
  }

  /** A message to a task that is done opens it again. */
  private async instruct(id: string): Promise<void> {
    this.mayLandAgain(id);
    await this.say('send', { type: 'INSTRUCTION', to: id, body: 'mind the tests' });
  }

  private mayLandAgain(id: string): void {
    const wasDone = this.world.rules.tasks().some((task) => task['id'] === id && task['state'] === 'done');
    const { reopened } = this.world;
    if (wasDone) reopened.set(id, (reopened.get(id) ?? 0) + 1);
  }

  /** `callsheet workers N`; the command itself asks the real machine whether the engine lives. */
  private async changeWorkers(): Promise<void> {
    const run = this.world.rules.run();
    if (run?.['state'] !== 'running') return;
    const workers = this.random.from(0, 4);
    await this.setWorkers(workers);
    if (workers > 0) return;
    await this.pause(this.random.from(SECOND, 5 * MINUTE));
    if (this.world.rules.run()?.['state'] === 'running') await this.setWorkers(2);
  }

  private async setWorkers(workers: number): Promise<void> {
    const id = String(this.world.rules.run()?.['id']);
    const store = this.caller.life.store(this.world.sheet.store);
    await store.transaction((tx) => changeOptions(tx, id, { workers }));
  }

  /** The person's own work on the branch that the run is meant for. */
  private commit(): void {
    const { hands, root, scenario } = this.world;
    const path = this.random.one([...scenario.base.keys()]);
    const lines = (hands.filesIn(root).get(path) ?? 'gone\n').split('\n');
    this.edits += 1;
    lines[this.random.from(0, lines.length - 2)] = `petra ${this.edits}`;
    hands.write(root, path, lines.join('\n'));
    hands.commitIn(root, 'My own change\n');
    this.checkout = new Map(hands.filesIn(root));
  }

  private edit(): void {
    this.edits += 1;
    this.world.hands.write(this.world.root, 'draft.txt', `draft ${this.edits}\n`);
    this.checkout = new Map(this.world.hands.filesIn(this.world.root));
  }

  private say(name: string, raw: RawInput) {
    return ask(this.world, this.caller, name, raw);
  }

  private pause(ms: number): Promise<void> {
    return pauseOf(this.caller.life, ms);
  }
}
