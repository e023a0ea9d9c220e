export const NOTE_KINDS = ['decision', 'contract', 'constraint', 'discovery', 'state', 'artifact'] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

/** An entry of the shared context. It is never edited: a newer one takes its place. */
export interface Note {
  id: string;
  /** Order of writing. */
  seq: number;
  kind: NoteKind;
  /** The name of a value that can be looked up. */
  key?: string;
  text: string;
  tags: string[];
  /** Paths that it is about, relative to the repository's top. */
  files: string[];
  /** What those of them that are files held when it was written, as git's object id. */
  anchors: Anchors;
  taskId?: string;
  runId?: string;
  agentId?: string;
  /** The note whose place this one took. */
  supersedes?: string;
  /** The note that took the place of this one. */
  supersededBy?: string;
  createdAt: number;
}

/** Hashes of contents by path. */
export type Anchors = Readonly<Record<string, string>>;

export interface NewNote {
  kind: NoteKind;
  key?: string;
  text: string;
  tags?: string[];
  files?: string[];
  anchors?: Anchors;
  taskId?: string;
  runId?: string;
  agentId?: string;
  supersedes?: string;
  /** It may stand beside decisions, constraints and contracts under its key or about its paths. */
  keepBoth?: boolean;
}
