import type { IsNamed } from './pathspec.js';

/** How git sees a file: in its index, there otherwise than in its commit, left out by a rule, or offered to be added. */
export type Tracking = 'tracked' | 'staged' | 'ignored' | 'offered';

/** A command that throws work away, or goes past what protects it. */
export interface Danger {
  /** As it would be given, shortened: `git stash`. */
  what: string;
  /** What it would do to the work of another, whose name comes behind. */
  harm: string;
  /** What does the same without taking anything from others. */
  instead: string;
  /** The checkout in which a folder lies, or any that these lead into or lie in. Absolute, without links. */
  place: { folder: string } | { roots: string[] };
  /** The files that it touches; absent where it touches the whole checkout. */
  isNamed?: IsNamed;
  /** What it names, absolute, for whoever may touch no file at all. */
  paths: string[];
  /** What of these it takes; nothing where it only changes the checkout. */
  takes: readonly Tracking[];
  /** How it is told to see a file that git does not track, by its path in the checkout; undefined: as git does. */
  seenAs?: (path: string) => Tracking | undefined;
  /** Whether it leaves alone what lies in a folder of which git tracks nothing and, if it takes ignored files only, offers nothing. */
  sparesNewFolders?: boolean;
  /** The branch that it goes to: on it already, nothing happens. */
  branch?: string;
}

export const THROWS_AWAY = 'would throw away work of';
export const TAKE_BACK = 'Take back only what you have changed yourself';
export const ANY: readonly Tracking[] = ['tracked', 'offered', 'ignored'];
