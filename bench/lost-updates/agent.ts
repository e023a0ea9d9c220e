import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { callFor, type Tool } from './call.js';
import type { Session } from './session.js';
import { takeIn, type Views } from './view.js';

/** An edit that was made: a line in a file. */
export interface Edit {
  by: number;
  file: string;
  line: string;
}

export interface Work {
  edits: Edit[];
  /** Calls that were refused by a hook. */
  refused: number;
  /** Edits that were given up after many tries. */
  givenUp: number;
}

/** How often each is used, out of ten. */
const TOOLS: readonly Tool[] = [
  ...Array<Tool>(4).fill('Edit'),
  ...Array<Tool>(4).fill('Write'),
  ...(['append', 'overwrite'] as const),
];

const LONGEST_THOUGHT_MS = 8;
const LONGEST_CALL_MS = 2;
const CYCLES_OF_A_TURN = 5;
const MOST_TRIES = 100;

export interface Desk {
  root: string;
  files: readonly string[];
  random: () => number;
  /** Whether nobody can tell from a command which file it writes. */
  isHidden: boolean;
  signal: AbortSignal;
}

/** Reads, thinks and edits, so many times; what it is told it heeds. */
export class Agent {
  readonly work: Work = { edits: [], refused: 0, givenUp: 0 };
  private readonly views: Views = new Map();

  constructor(
    private readonly number: number,
    readonly session: Session,
    private readonly desk: Desk,
  ) {}

  async run(cycles: number): Promise<void> {
    await this.session.start();
    for (let cycle = 1; cycle <= cycles && !this.desk.signal.aborted; cycle += 1) {
      await this.cycle(cycle);
      if (cycle % CYCLES_OF_A_TURN === 0) await this.nextTurn();
    }
    await this.nextTurn();
  }

  /** A next step, in which it hears what is left to be told. */
  async nextTurn(): Promise<void> {
    for (const { text } of await this.session.nextTurn()) takeIn(this.views, text);
  }

  private async cycle(number: number): Promise<void> {
    const file = this.oneOf(this.desk.files) ?? '';
    const tool = this.oneOf(TOOLS) ?? 'Edit';
    const line = `edit ${number} of agent ${this.number}`;
    await this.read(file);
    // Where a command is writing, a file can be empty for a moment.
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      await this.pause(LONGEST_THOUGHT_MS);
      const view = this.views.get(file) ?? '';
      const isMade = view === '' ? await this.read(file) : await this.attempt(tool, file, view, line);
      if (!isMade) continue;
      this.work.edits.push({ by: this.number, file, line });
      return;
    }
    this.work.givenUp += 1;
  }

  private async read(file: string): Promise<false> {
    const path = join(this.desk.root, file);
    await this.session.ask('Read', { file_path: path });
    await this.pause(LONGEST_CALL_MS);
    this.views.set(file, readFileSync(path, 'utf8'));
    takeIn(this.views, (await this.session.afterTools()).text);
    return false;
  }

  private async attempt(tool: Tool, file: string, view: string, line: string): Promise<boolean> {
    const path = join(this.desk.root, file);
    const { isHidden } = this.desk;
    const call = callFor(tool, { path, isHidden, view, line, anchor: this.anchorIn(view) });
    if (!call.canBeMade()) return this.read(file);
    const asked = await this.session.ask(call.tool, call.input);
    if (asked.isRefused) return this.heedRefusal(file, asked.text);
    takeIn(this.views, asked.text);
    await this.pause(LONGEST_CALL_MS);
    const isMade = call.canBeMade();
    if (isMade) await call.perform();
    await this.pause(LONGEST_CALL_MS);
    this.views.set(file, call.viewAfter(this.views.get(file) ?? ''));
    takeIn(this.views, (await this.session.afterTools()).text);
    return isMade;
  }

  /** Takes the diff that it was shown, or reads again; where it has to wait it lets go of what is its own. */
  private async heedRefusal(file: string, text: string): Promise<false> {
    this.work.refused += 1;
    const mustWait = / is locked by | is about to write /.test(text);
    if (mustWait) await this.nextTurn();
    if (mustWait || this.desk.random() < 0.5) return this.read(file);
    takeIn(this.views, text);
    return false;
  }

  private anchorIn(view: string): string {
    return `${this.oneOf(view.split('\n').slice(0, -1)) ?? ''}\n`;
  }

  private oneOf<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.desk.random() * values.length)];
  }

  private pause(longestMs: number): Promise<void> {
    return wait(this.desk.random() * longestMs);
  }
}
