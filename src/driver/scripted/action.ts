/**
 * One step of a script. In the script it is a mapping with one key, the name of the step:
 *
 * ```yaml
 * tasks:
 *   limiter:                       # the id of a task of the plan
 *     attempts:                    # one list for each attempt, the last repeats; or `steps:` for all of them
 *       - - read: src/server.js
 *         - edit: { file: src/server.js, find: "listen(80)", replace: "listen(port)" }
 *         - run: npm test
 *         - complete: { summary: Listens on a port of choice }
 * default:                         # for tasks that are not listed
 *   - write: { file: notes.md, text: "Nothing to do\n" }
 * ```
 *
 * Paths are relative to the start folder and stay inside the workspace. Durations as everywhere: `2s`, `1m30s`.
 */
export type Action =
  | { step: 'read'; paths: string[] }
  /** `find` must be there exactly once; when it is not and `replace` is, the work was done before: skipped. */
  | { step: 'edit'; file: string; find: string; replace: string }
  | { step: 'write'; file: string; text: string }
  | { step: 'delete'; path: string }
  /** Gets the brief on its stdin. `run: CMD`, or `{command, mayFail: true}`. */
  | { step: 'run'; command: string; mayFail: boolean }
  /** Keys besides `kind` and `text` become options of `callsheet note add`. */
  | { step: 'note'; kind: string; text: string; options: string[] }
  | { step: 'message'; type: string; to: string; body: string }
  | { step: 'progress'; text: string }
  | { step: 'checkpoint'; done: string; next: string; questions: string[] }
  /** `2s`, `{forFile: PATH}` (may start with `$CALLSHEET_SCRATCH`) or `{forTask: ID, state: STATE}`. */
  | { step: 'wait'; for: { ms: number } | { file: string } | { task: string; state: string } }
  /** Blocks the task and ends the turn; `{question, waitForAnswer: true}` stays for a message and goes on. */
  | { step: 'ask'; question: string; waitForAnswer: boolean }
  /** `complete: SUMMARY`, or `{summary, …}` whose other keys are the result's. */
  | { step: 'complete'; result: { summary: string; [key: string]: unknown } }
  | { step: 'fail'; reason: string }
  /** `true` or a signal's name ends the agent by that signal (default SIGKILL), a number by that exit code. */
  | { step: 'crash'; how: NodeJS.Signals | number }
  /** Says nothing, does nothing, ignores SIGTERM, for ever. */
  | { step: 'hang' }
  /** Says that the task is complete, whatever was done. */
  | { step: 'lie'; text: string }
  /** Gives no sign of life for that long. */
  | { step: 'silent'; ms: number }
  /** `git commit -am`. */
  | { step: 'commit'; message: string };

export type StepName = Action['step'];

export interface Step {
  action: Action;
  /** Where it stands in the script, from 1. */
  line: number;
}
