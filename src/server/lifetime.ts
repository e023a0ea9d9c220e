import { statSync } from 'node:fs';
import { hasLiveClient } from '../guard/index.js';
import type { Sheet } from '../sheet/index.js';
import { readServerFile, type ServerFile } from './server-file.js';

/** `lost`: the sheet's folder is gone, or its file names another server: nobody can find this one any more. */
export type WhyEnded = 'asked' | 'idle' | 'lost' | 'replaced' | 'newer';

interface LifetimeOptions {
  sheet: Sheet;
  file: ServerFile;
  signal: AbortSignal;
  program?: string;
  idleMs: number;
  lookEveryMs: number;
}

/** How long a server goes on: until it is asked to end, or nobody needs it. */
export class Lifetime {
  readonly file: ServerFile;
  readonly ended: Promise<WhyEnded>;
  private readonly resolve: (why: WhyEnded) => void;
  private lastUsedAt: number;
  private hasEnded = false;
  private readonly program: string | undefined;
  private cancelLook: () => void = () => undefined;

  constructor(private readonly options: LifetimeOptions) {
    this.file = options.file;
    this.lastUsedAt = this.now();
    this.program = this.stampOfProgram();
    let resolve: (why: WhyEnded) => void = () => undefined;
    this.ended = new Promise((done) => (resolve = done));
    this.resolve = resolve;
    const { signal } = options;
    if (signal.aborted) this.end('asked');
    else signal.addEventListener('abort', () => this.end('asked'), { once: true });
    this.lookAgain();
  }

  /** Somebody has asked something. */
  used(): void {
    this.lastUsedAt = this.now();
  }

  end(why: WhyEnded): void {
    this.hasEnded = true;
    this.cancelLook();
    this.resolve(why);
  }

  private lookAgain(): void {
    if (this.options.signal.aborted) return;
    this.cancelLook = this.options.sheet.store.clock.after(this.options.lookEveryMs, () => void this.look());
  }

  private async look(): Promise<void> {
    const why = await this.whyNoLonger();
    if (this.hasEnded) return;
    if (why === undefined) this.lookAgain();
    else this.end(why);
  }

  private async whyNoLonger(): Promise<WhyEnded | undefined> {
    if (readServerFile(this.options.sheet.folder)?.secret !== this.file.secret) return 'lost';
    if (this.stampOfProgram() !== this.program) return 'replaced';
    if (this.now() - this.lastUsedAt < this.options.idleMs) return undefined;
    return (await this.hasClient()) ? undefined : 'idle';
  }

  /** A session that only thinks, or waits for its person, is answered quickly when it goes on: nobody else starts a server for it. */
  private async hasClient(): Promise<boolean> {
    try {
      return await hasLiveClient(this.options.sheet.store);
    } catch {
      // A sheet that cannot be asked is of no use to anybody; a hook needs no server.
      return false;
    }
  }

  private stampOfProgram(): string | undefined {
    const { program } = this.options;
    if (program === undefined) return undefined;
    const stats = statSync(program, { throwIfNoEntry: false });
    return `${stats?.ino}:${stats?.mtimeMs}:${stats?.size}`;
  }

  private now(): number {
    return this.options.sheet.store.clock.now();
  }
}
