import { messageOf, usageError } from '../../error/index.js';
import { readSmall, textOf } from '../../file/index.js';
import type { Step } from './action.js';
import { ScriptMistake } from './fields.js';
import { STEP_READERS } from './step-readers.js';
import type { Located } from './located.js';
import { entriesOf, itemsOf, locate } from './located.js';

/** What an agent does in each attempt at each task. */
export interface Script {
  tasks: Map<string, Step[][]>;
  /** For tasks that are not listed; undefined: they fail. */
  fallback: Step[][] | undefined;
}

const LARGEST_BYTES = 1024 * 1024;

/**
 * Reads a script and checks all of it, so that a mistake is found before an agent starts.
 * @throws {CallsheetError} `SCRIPT_INVALID`, naming file and line.
 */
export async function loadScript(file: string): Promise<Script> {
  try {
    return readScript(await locate(contentOf(file)));
  } catch (error) {
    if (!(error instanceof ScriptMistake)) throw error;
    const place = error.line === undefined ? file : `${file}:${error.line}`;
    throw usageError('SCRIPT_INVALID', `${place}: ${error.message}. No agent was started.`, `Mend ${file}.`);
  }
}

/** What to do in one attempt; undefined when the script knows neither the task nor a default. */
export function stepsFor(script: Script, task: string, attempt: number): Step[] | undefined {
  const attempts = script.tasks.get(task) ?? script.fallback;
  return attempts?.[Math.min(Math.max(attempt, 1), attempts.length) - 1];
}

function contentOf(file: string): string {
  try {
    return textOf(readSmall(file, LARGEST_BYTES));
  } catch (error) {
    throw new ScriptMistake(`the script cannot be read (${messageOf(error)})`);
  }
}

function readScript(root: Located): Script {
  const tasks = new Map<string, Step[][]>();
  let fallback: Step[][] | undefined;
  for (const [name, value] of entriesOf(root, 'the script')) {
    if (name === 'default') fallback = readAttempts(value);
    else if (name === 'tasks') {
      for (const [task, steps] of entriesOf(value, 'tasks')) tasks.set(task, readAttempts(steps));
    } else throw new ScriptMistake(`unknown key ${name}: a script has tasks and default`, value.line);
  }
  return { tasks, fallback };
}

/** A list of steps, `{steps: …}`, or `{attempts: […]}`. */
function readAttempts(value: Located): Step[][] {
  if (Array.isArray(value.value)) return [readSteps(value)];
  const [[name, list] = ['', value], ...more] = entriesOf(value, 'a task');
  if (more.length > 0 || (name !== 'steps' && name !== 'attempts')) {
    throw new ScriptMistake('a task has either steps or attempts, and nothing else', value.line);
  }
  if (name === 'steps') return [readSteps(list)];
  const attempts = itemsOf(list, 'attempts').map(readSteps);
  if (attempts.length === 0) throw new ScriptMistake('attempts is empty', list.line);
  return attempts;
}

function readSteps(list: Located): Step[] {
  return itemsOf(list, 'steps').map(readStep);
}

function readStep(item: Located): Step {
  const [[name, content] = ['', item], ...more] = entriesOf(item, 'a step');
  if (!isStepName(name) || more.length > 0) {
    const given = [name, ...more.map(([other]) => other)].join(', ');
    const known = Object.keys(STEP_READERS).join(', ');
    throw new ScriptMistake(`a step has one key, not "${given}"; steps are ${known}`, item.line);
  }
  try {
    return { action: STEP_READERS[name](content.value), line: item.line };
  } catch (error) {
    if (!(error instanceof ScriptMistake)) throw error;
    throw new ScriptMistake(`${name} ${error.message}`, item.line);
  }
}

function isStepName(name: string): name is keyof typeof STEP_READERS {
  return Object.hasOwn(STEP_READERS, name);
}
