import { oneLine, plainText, shownNames } from '../text/index.js';

/** Work that came in since a gate was last green. */
export interface Suspect {
  task?: string;
  attempt?: number;
  /** Who did it, by name, where no task says. */
  agent?: string;
  commit?: string;
  /** What it changed. */
  paths: readonly string[];
}

/** What most likely made a gate red: a guess from what its output names, or the only thing that came in. */
export interface LikelyCause extends Omit<Suspect, 'paths'> {
  why: 'only' | 'files';
  /** Of what it changed, what the output names. */
  files: string[];
  /** How many came in since the gate was last green. */
  among: number;
}

const MOST_FILES = 10;

/**
 * The one whose files the output of a red gate names most of; or the only one there is. Undefined when several are as
 * likely: then a name would be a guess without a reason.
 */
export function likelyCause(output: string, suspects: readonly Suspect[]): LikelyCause | undefined {
  const ranked = suspects
    .map((suspect) => ({ suspect, files: suspect.paths.filter((path) => isNamed(output, path)) }))
    .sort((one, other) => other.files.length - one.files.length);
  const [first, second] = ranked;
  if (first === undefined) return undefined;
  if (second !== undefined && second.files.length === first.files.length) return undefined;
  const { paths: _paths, ...who } = first.suspect;
  const why = second === undefined ? 'only' : 'files';
  return { ...who, why, files: first.files.slice(0, MOST_FILES), among: suspects.length };
}

/** A path stands in a text as itself, not as a part of a longer one; behind a folder's name it is still meant. */
function isNamed(output: string, path: string): boolean {
  for (let at = output.indexOf(path); at !== -1; at = output.indexOf(path, at + 1)) {
    const [before, after] = [output[at - 1] ?? ' ', output.slice(at + path.length, at + path.length + 2)];
    if (!/[\w.-]/.test(before) && !/^(?:[\w/-]|\.\w)/.test(after)) return true;
  }
  return false;
}

/** The same in words; honest about being a guess. */
export function saidOfCause({ task, attempt, agent, commit, why, files, among }: LikelyCause): string {
  const nobody = commit === undefined ? 'somebody who is not registered' : '';
  const work =
    task === undefined ? (agent ?? nobody) : `${task}${attempt === undefined ? '' : ` (attempt ${attempt})`}`;
  const as = commit === undefined ? '' : commit.slice(0, 10);
  const name = oneLine(plainText([work, as].filter((part) => part !== '').join(', ')), 120);
  return why === 'only'
    ? `most likely because of ${name}, the only work that has come in since the gate was last green`
    : `most likely because of ${name}: the output names ${shownNames(files, 3)}, of ${among} that have come in since the gate was last green`;
}
