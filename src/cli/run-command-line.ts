import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CallsheetError, EXIT_CODES, errorCode, usageError } from '../error/index.js';
import { invoke, openContext, type AnyOperation, type Context, type RawInput } from '../operations/index.js';
import { openSheet } from '../sheet/index.js';
import { plainJson, plainText } from '../text/index.js';
import { completionFor } from './completion.js';
import { readCommandLine } from './command-line.js';
import type { Globals } from './globals.js';
import { helpOf, helpTopic, overview } from './help.js';
import { printError, type Streams } from './print.js';

export interface Surroundings {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  pid: number;
  version: () => string;
  signal: AbortSignal;
  streams: Streams;
}

/** Does what was typed, prints the answer or what went wrong, and answers how the process exits. */
export async function runCommandLine(surroundings: Surroundings): Promise<number> {
  const { args, env, streams } = surroundings;
  const end = args.indexOf('--');
  const asJson = args.slice(0, end === -1 ? undefined : end).includes('--json');
  try {
    return await run(surroundings, asJson);
  } catch (error) {
    const wasInterrupted = surroundings.signal.aborted;
    // What an abort throws on its way out says nothing; a refusal with a code does.
    if (wasInterrupted && !(error instanceof CallsheetError)) return EXIT_CODES.interrupted;
    const exitCode = printError(error, streams, asJson, env);
    return wasInterrupted ? EXIT_CODES.interrupted : exitCode;
  }
}

async function run(surroundings: Surroundings, asJson: boolean): Promise<number> {
  const { streams, version } = surroundings;
  const command = readCommandLine(surroundings.args);
  const text = builtInText(command, version);
  if (text === undefined && command.kind === 'operation') {
    return runOperation(command.operation, command.raw, command.globals, surroundings);
  }
  streams.stdout(asJson ? `${plainJson({ text })}\n` : `${text ?? ''}\n`);
  // A group alone is a question, but a script that asks it has made a mistake.
  return command.kind === 'group' && !command.globals.help && surroundings.args.length > 0
    ? EXIT_CODES.usage
    : EXIT_CODES.done;
}

function builtInText(command: ReturnType<typeof readCommandLine>, version: () => string): string | undefined {
  switch (command.kind) {
    case 'version':
      return version();
    case 'group':
      return overview(command.group);
    case 'built-in':
      return command.name === 'help' || command.globals.help
        ? helpTopic(command.name === 'help' ? command.words : [])
        : completionFor(command.words[0]);
    case 'operation':
      return command.globals.help ? helpOf(command.operation) : undefined;
  }
}

async function runOperation(
  operation: AnyOperation,
  raw: RawInput,
  globals: Globals,
  surroundings: Surroundings,
): Promise<number> {
  const cwd = startFolder(surroundings.cwd, globals.repository ?? namedIn(raw, operation));
  await using sheet = await openSheet(cwd, { env: surroundings.env });
  const context = await openContext({ ...contextParts(surroundings, globals), cwd, sheet });
  const output = await outcomeOf(operation, context, raw, surroundings.streams);
  if (output !== undefined) print(operation, output, globals, surroundings.streams);
  const exit = operation.exit?.(output as never) ?? 'done';
  if (typeof exit === 'number') return exit;
  return surroundings.signal.aborted ? EXIT_CODES.interrupted : EXIT_CODES[exit];
}

async function outcomeOf(
  operation: AnyOperation,
  context: Context,
  raw: RawInput,
  streams: Streams,
): Promise<unknown> {
  try {
    return await invoke(operation, context, raw);
  } catch (error) {
    const answers = operation.refusals ?? {};
    if (context.output === 'json' && error instanceof CallsheetError && error.code in answers) {
      streams.stdout(`${plainJson(answers[error.code])}\n`);
    }
    throw error;
  }
}

function print(operation: AnyOperation, output: unknown, globals: Globals, streams: Streams): void {
  if (globals.json) return streams.stdout(`${plainJson(output)}\n`);
  // Whatever a view may have forgotten: what others wrote must not play tricks on the terminal.
  const text = plainText(operation.show(output as never));
  if (text !== '') streams.stdout(text.endsWith('\n') ? text : `${text}\n`);
}

function contextParts({ env, pid, signal, streams }: Surroundings, globals: Globals) {
  return {
    env,
    pid,
    signal,
    ...(globals.as === undefined ? {} : { as: globals.as }),
    output: globals.json
      ? ('json' as const)
      : streams.isTerminal
        ? ('terminal' as const)
        : ('plain' as const),
    // With --json, what is on stderr is one error or nothing: narration would make it unreadable for programs.
    say(line: string) {
      if (!globals.json) streams.stderr(`${plainText(line)}\n`);
    },
    emit(event: object, text?: string) {
      if (globals.json) streams.stdout(`${plainJson(event)}\n`);
      else if (text !== undefined) streams.stdout(`${plainText(text)}\n`);
    },
  };
}

// What a path can be that leads to no folder: missing, a file, a circle of links, too long, not to be entered, not a path.
const NO_FOLDER = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES', 'ERR_INVALID_ARG_VALUE'];

function namedIn(raw: RawInput, { startsIn }: AnyOperation): string | undefined {
  const named = startsIn === undefined ? undefined : raw[startsIn];
  return typeof named === 'string' ? named : undefined;
}

function startFolder(cwd: string, wanted: string | undefined): string {
  if (wanted === undefined) return cwd;
  try {
    const folder = realpathSync(resolve(cwd, wanted));
    if (statSync(folder).isDirectory()) return folder;
  } catch (error) {
    if (!NO_FOLDER.includes(errorCode(error) ?? '')) throw error;
  }
  throw usageError(
    'FOLDER_MISSING',
    `There is no folder ${wanted.slice(0, 300)}. Nothing was done.`,
    'Give an existing folder: -C PATH',
  );
}
