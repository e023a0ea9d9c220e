/** An object from a client, of which nothing is known: what has not the expected type is absent. */
export class HookInput {
  constructor(readonly value: Record<string, unknown>) {}

  static from(value: unknown): HookInput {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return new HookInput(isObject ? (value as Record<string, unknown>) : {});
  }

  /** What JSON says; nothing is known of what is broken. */
  static fromJson(text: string): HookInput {
    try {
      return HookInput.from(JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return HookInput.from(undefined);
    }
  }

  /** The same with other values in these places. */
  with(changes: Record<string, unknown>): HookInput {
    return new HookInput({ ...this.value, ...changes });
  }

  text(name: string): string | undefined {
    const value = this.value[name];
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.value[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  }

  flag(name: string): boolean {
    return this.value[name] === true;
  }

  object(name: string): HookInput {
    return HookInput.from(this.value[name]);
  }

  list(name: string): HookInput[] {
    const value = this.value[name];
    return Array.isArray(value) ? value.map((each) => HookInput.from(each)) : [];
  }
}
