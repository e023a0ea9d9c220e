import type { Driver, Exit } from '../../src/driver/index.js';
import { CallsheetError } from '../../src/error/index.js';
import { Broken } from './broken.js';
import type { Random } from './random.js';
import type { Life } from './life.js';
import { LINES } from './random-plan.js';
import type { AtWork } from './rules.js';
import { simulatedSession, type Stage } from './session.js';
import { ask, pauseOf, type Answer, type World } from './world.js';
import type { RawInput } from '../../src/operations/index.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How an attempt will go. */
const NATURES = {
  honest: 50,
  /** Says it is done and has changed nothing. */
  lying: 6,
  /** Says it is done, and then its process fails. */
  hasty: 6,
  crashing: 8,
  failing: 5,
  releasing: 4,
  blocking: 9,
  asking: 3,
  stalling: 4,
  endless: 2,
  spamming: 5,
  /** Goes on writing and reporting when its process has ended. */
  haunting: 5,
} as const;
type Nature = keyof typeof NATURES;

const DONE: Exit = { code: 0, signal: null };

/** Agents that do what agents do: work, and everything else. */
export function simulatedDriver(world: World, random: Random): Driver {
  return {
    name: 'simulated:agent',
    check: async () => undefined,
    async start(assignment) {
      const own = random.fork();
      if (own.is(0.03)) throw new CallsheetError('PROCESS_START_FAILED', 'no such program', { hint: '' });
      const life = world.machine.start(assignment.env);
      await pauseOf(life, own.is(0.03) ? 2 * MINUTE : own.from(10, 500));
      const manners = {
        politeMs: own.is(0.2) ? MINUTE : own.from(1, 2_000),
        hear: () => (own.is(0.5) ? ('delivered' as const) : ('unsupported' as const)),
      };
      return simulatedSession(life, assignment, manners, async (stage) => {
        // One that started too late is ended before it does anything.
        await pauseOf(life, 1);
        comesToWork(world, life, { taskId: assignment.taskId, attempt: assignment.attempt });
        return new Agent(world, own, stage).play(own.weighted(NATURES));
      });
    },
  };
}

function comesToWork(world: World, life: Life, atWork: AtWork): void {
  world.atWork.add(atWork);
  life.onDeath(() => world.atWork.delete(atWork));
  world.rules.agentStarted(atWork, [...world.atWork]);
}

class Agent {
  private written = 0;
  private readonly claim: { id: string; attempt: string };

  constructor(
    private readonly world: World,
    private readonly random: Random,
    private readonly stage: Stage,
  ) {
    const { taskId, attempt } = stage.assignment;
    this.claim = { id: taskId, attempt: String(attempt) };
  }

  async play(nature: Nature): Promise<Exit> {
    const acts = nature === 'spamming' ? 12 : this.random.from(1, 4);
    for (let act = 0; act < acts; act += 1) {
      await this.pause(
        nature === 'spamming' ? this.random.from(50, 3_000) : this.random.from(SECOND, 3 * MINUTE),
      );
      await this.act(nature);
    }
    return this.end(nature);
  }

  private async act(nature: Nature): Promise<void> {
    const what = this.random.weighted({
      write: nature === 'lying' ? 0 : 40,
      commit: nature === 'lying' ? 0 : 12,
      progress: 10,
      note: nature === 'spamming' ? 20 : 4,
      message: nature === 'spamming' ? 20 : 3,
      lock: nature === 'spamming' ? 15 : 6,
      checkpoint: 5,
      former: 4,
      print: 4,
      grab: 2,
    });
    const { world, stage, random } = this;
    if (what === 'write') this.write();
    else if (what === 'commit') this.commit();
    else if (what === 'progress') await this.report('task.progress', { text: 'on my way' });
    else if (what === 'note') await this.say('note.add', { kind: 'discovery', text: `seen ${this.written}` });
    else if (what === 'message') await this.say('send', { type: 'QUESTION', to: 'lead', body: 'is it so?' });
    else if (what === 'lock') await this.lock();
    else if (what === 'checkpoint') await this.report('task.checkpoint', { done: 'some', next: 'more' });
    else if (what === 'former') await this.speakForFormerAttempt();
    else if (what === 'print') stage.push({ type: 'usage', usage: { inputTokens: 10, outputTokens: 1 } });
    else
      await ask(world, { life: stage.life, env: this.env() }, 'task.claim', {
        id: random.one(this.others()),
      });
  }

  private async end(nature: Nature): Promise<Exit> {
    const { random, stage } = this;
    if (nature === 'crashing')
      return random.is(0.5) ? { code: random.from(1, 3), signal: null } : { code: null, signal: 'SIGSEGV' };
    if (nature === 'failing') {
      await this.report('task.fail', { reason: 'it cannot be done' });
      return { code: 1, signal: null };
    }
    if (nature === 'releasing') {
      await this.report('task.release', {});
      return DONE;
    }
    if (nature === 'stalling' || nature === 'endless') return this.neverEnd(nature);
    if (nature === 'asking') {
      stage.push({ type: 'question', id: 'q', text: 'which one?' });
      if (random.is(0.5)) await this.pause(random.from(SECOND, 5 * MINUTE));
    }
    if (nature === 'blocking') {
      await this.report('task.block', { question: 'may I?' });
      if (random.is(0.4)) await this.pause(random.from(SECOND, 20 * MINUTE));
      else if (random.is(0.8)) return DONE;
    }
    // Not always: an earlier attempt's files may be enough.
    if (nature !== 'lying' && (this.written === 0 || random.is(0.3))) this.write();
    if (nature === 'hasty' || random.is(0.5))
      await this.report('task.complete', { summary: `did ${this.claim.id}` });
    if (nature === 'haunting') void this.haunt();
    return nature === 'hasty' ? { code: 1, signal: null } : DONE;
  }

  /** Silent, or busy for ever: only the engine can end it. */
  private async neverEnd(nature: Nature): Promise<Exit> {
    for (;;) {
      await this.pause(5 * MINUTE);
      if (nature === 'endless') this.stage.push({ type: 'text', text: 'still at it' });
    }
  }

  /** A process that got away from its session: it has the token and the attempt, and nobody knows of it. */
  private async haunt(): Promise<void> {
    const { world, random } = this;
    const ghost = world.machine.start();
    for (let word = 0; word < 3; word += 1) {
      await pauseOf(ghost, random.from(SECOND, 10 * MINUTE));
      const what = random.one([
        'task.complete',
        'task.fail',
        'task.progress',
        'task.block',
        'task.checkpoint',
      ]);
      const words = {
        summary: 'late',
        reason: 'late',
        text: 'late',
        question: 'late',
        done: 'late',
        next: 'late',
      };
      const fields: Record<string, (keyof typeof words)[]> = {
        'task.complete': ['summary'],
        'task.fail': ['reason'],
        'task.progress': ['text'],
        'task.block': ['question'],
        'task.checkpoint': ['done', 'next'],
      };
      const said = Object.fromEntries((fields[what] ?? []).map((name) => [name, words[name]]));
      await ask(world, { life: ghost, env: this.env() }, what, { ...this.claim, ...said });
    }
    ghost.die();
  }

  private async speakForFormerAttempt(): Promise<void> {
    const { attempt } = this.stage.assignment;
    if (attempt < 2) return;
    const former = { id: this.claim.id, attempt: String(attempt - 1) };
    const answer = await this.say('task.complete', { ...former, summary: 'from the past' });
    if (answer.ok)
      this.world.broke(new Broken(`a write of attempt ${attempt - 1} at ${former.id} went through`));
  }

  private async lock(): Promise<void> {
    const { random } = this;
    const path = random.one([...this.world.scenario.base.keys()]);
    await this.say('lock.acquire', { paths: [path], ttl: '5m' });
    await this.pause(random.from(SECOND, MINUTE));
    if (random.is(0.7)) await this.say('lock.release', { paths: [path] });
  }

  private write(): void {
    const { world, random, stage } = this;
    const { workspace, taskId, attempt } = stage.assignment;
    const files = world.hands.filesIn(workspace);
    const path = random.is(0.8) ? random.one([...world.scenario.base.keys()]) : `new/${taskId}.js`;
    const lines = (files.get(path) ?? 'new\n').split('\n');
    this.written += 1;
    const mark = random.is(0.06) ? 'broken' : 'fine';
    lines[Math.min(random.from(0, LINES - 1), lines.length - 2)] =
      `${taskId} ${attempt} ${this.written} ${mark} ${random.from(0, 1e9)}`;
    if (random.is(0.05)) world.hands.write(workspace, path, null);
    else world.hands.write(workspace, path, lines.join('\n'));
  }

  private commit(): void {
    const { workspace, taskId } = this.stage.assignment;
    this.world.hands.commitIn(workspace, `Work on ${taskId}\n`);
  }

  private report(name: string, raw: RawInput): Promise<Answer> {
    return this.say(name, { ...this.claim, ...raw });
  }

  private say(name: string, raw: RawInput): Promise<Answer> {
    return ask(this.world, { life: this.stage.life, env: this.env() }, name, raw);
  }

  private env(): Record<string, string> {
    return this.stage.assignment.env;
  }

  private others(): string[] {
    return this.world.scenario.tasks.map((task) => task.id);
  }

  private pause(ms: number): Promise<void> {
    return pauseOf(this.stage.life, ms);
  }
}
