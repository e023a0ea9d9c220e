import type { Client } from './client.js';
import { isAtLeast } from './program.js';

/** What the guard can do for a client, and why not more. */
export interface Coverage {
  /** All that the guard has for a client works with this version. */
  isWhole: boolean;
  why: string;
}

/** The first that is known to heed what a hook says for its own failure, and to find a person's settings from below. */
const CLAUDE_WHOLE = '2.1.328';

/** What is known of a client in this version; undefined where it was not asked or did not answer. */
export function coverageOf({ name }: Client, version: string | undefined): Coverage {
  if (name === 'codex')
    return {
      isWhole: true,
      why: 'by hooks; Codex skips them until you have trusted them: type /hooks in it',
    };
  if (name === 'gemini')
    return {
      isWhole: true,
      why: 'by hooks, in folders that it trusts; as the agent of an editor (--acp) it is not guarded',
    };
  if (name === 'opencode')
    return {
      isWhole: true,
      why: 'by a plugin; started with --pure it has none, and is not guarded',
    };
  if (version === undefined) return { isWhole: true, why: `by hooks; whole from version ${CLAUDE_WHOLE} on` };
  if (isAtLeast(version, CLAUDE_WHOLE)) return { isWhole: true, why: 'by hooks' };
  return {
    isWhole: false,
    why: `by hooks, but before ${CLAUDE_WHOLE} onFailure is ignored (when a hook cannot be run or is ended, the tool runs), and only sessions started in a folder that has .claude itself are guarded, not those in folders below`,
  };
}
