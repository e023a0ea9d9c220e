import type { Conversation } from './conversation.js';
import type { IdentityEnvironment } from './identity.js';

/** What every part of the repository implementation needs to know. */
export interface GitContext {
  readonly root: string;
  readonly commonDir: string;
  readonly isBare: boolean;
  /** Read once, when the first commit is made. */
  identity(): Promise<IdentityEnvironment>;
  /** Compares commits. */
  readonly diffs: Conversation;
  /** Moves refs. */
  readonly moves: Conversation;
}
