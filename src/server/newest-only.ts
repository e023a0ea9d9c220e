/** Work that is done for one thing at a time; of what waits meanwhile only the newest is done. */
export class NewestOnly {
  private readonly running = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, () => Promise<void>>();

  /** @param work Says itself what goes wrong. */
  add(key: string, work: () => Promise<void>): void {
    if (this.running.has(key)) this.waiting.set(key, work);
    else this.running.set(key, this.untilNoneWaits(key, work));
  }

  /** When nothing is under way any more for one thing. */
  async done(key: string): Promise<void> {
    await this.running.get(key);
  }

  /** When nothing is under way any more. */
  async finished(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private async untilNoneWaits(key: string, first: () => Promise<void>): Promise<void> {
    for (let work: (() => Promise<void>) | undefined = first; work !== undefined;) {
      await work();
      work = this.waiting.get(key);
      this.waiting.delete(key);
    }
    this.running.delete(key);
  }
}
