import type { Role } from '../agent/index.js';
import type { ExitName } from '../error/index.js';
import type { Repository } from '../git/index.js';
import type { Sheet } from '../sheet/index.js';
import type { Fields, InputOf } from './fields.js';

/** Who asks: a person at a terminal, or a session that callsheet registered. */
export interface Actor {
  role: Role;
  name: string;
  /** Set for everybody the sheet knows; a person is registered when they first write. */
  agentId?: string;
}

/** What an operation works with. Things that cost are asked for, not opened beforehand. */
export interface Context {
  sheet: Sheet;
  actor: Actor;
  /** Where the command was given. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** How the answer is shown: JSON for programs, plain text for pipes, or a terminal. */
  output: 'json' | 'plain' | 'terminal';
  repository(): Promise<Repository>;
  /** The agent id of the actor; registers a person at their first word. */
  agentId(): Promise<string>;
  /** Narration for people, on stderr; nothing with `--json`. */
  say(line: string): void;
  /** One line of a stream on stdout: the event with `--json`, else its text (nothing when it has none). */
  emit(event: object, text?: string): void;
  /** Fires when the person interrupts. */
  signal: AbortSignal;
}

/** One thing that callsheet can do, defined once; the faces are derived from it. */
export interface Operation<T extends Fields = Fields, Output = unknown> {
  /** `task.claim` is `callsheet task claim`. */
  name: string;
  /** Which roles may ask for it. */
  rights: readonly Role[];
  /** What somebody without the right can do instead. */
  instead?: string;
  /** The part of it that fewer roles may ask for, when this input asks for that. */
  narrower?(input: InputOf<T>): Narrower | undefined;
  /** One line. */
  help: string;
  /** Command lines that show its use. */
  examples?: readonly string[];
  input: T;
  /** The input that names the folder to start in, as `-C` does. */
  startsIn?: keyof T & string;
  /** An answer of undefined prints nothing: all has been said through `emit`. */
  run(context: Context, input: InputOf<T>): Promise<Output>;
  /** What a terminal shows of the output; with `--json` the output itself is printed. */
  show(output: Output): string;
  /** How a command with this output exits; a number is that of a program which it has started. Default `done`. */
  exit?(output: Output): ExitName | number;
  /** What `--json` prints on stdout when it is refused with one of these codes. */
  refusals?: Readonly<Record<string, unknown>>;
}

/** A part of an operation with rights of its own. */
export interface Narrower {
  /** As it is typed: `undo --back`. */
  what: string;
  rights: readonly Role[];
  /** What somebody without the right can do instead. */
  instead: string;
}

/** An operation of which only the table knows what goes in and comes out. */
export interface AnyOperation extends Omit<Operation, 'run' | 'show' | 'exit' | 'narrower'> {
  narrower?(input: never): Narrower | undefined;
  run(context: Context, input: never): Promise<unknown>;
  show(output: never): string;
  exit?(output: never): ExitName | number;
}

export const EVERYBODY: readonly Role[] = ['human', 'supervisor', 'worker', 'reviewer'];
export const LEADERS: readonly Role[] = ['human', 'supervisor'];

/** Keeps the types of an operation's input and output together. */
export function defineOperation<const T extends Fields, Output>(
  operation: Operation<T, Output>,
): Operation<T, Output> {
  return operation;
}
