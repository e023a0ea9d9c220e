/** What a scripted model says. A prompt chooses its script with `[[script:NAME]]`. */

/** The input is text for a tool that takes text (`apply_patch` of Codex). */
export interface ToolCall {
  name: string;
  input: Record<string, unknown> | string;
}

/** One answer of the model. The session's turn ends with the first answer that has no tools. */
export interface Turn {
  text?: string;
  tools?: readonly ToolCall[];
  /** Tokens that the client is told it has used. */
  usage?: { input: number; output: number };
  /** The answer waits for this, so that a test can put the steps of several sessions in order. */
  after?: Promise<unknown>;
}

export interface ToolResult {
  /** The call that it answers. */
  tool: string;
  text: string;
  isError: boolean;
}

/** One request, as far as scripts and tests want to know it. */
export interface Asked {
  script: string;
  /** Counts from 0 for each prompt that names a script. */
  turn: number;
  model: string;
  /** Results of the calls of the turn before. */
  results: readonly ToolResult[];
  /** What hooks and the client said to the model since its answer before; the user's own texts are not in it. */
  contexts: readonly string[];
  /** Every user text since the answer before, as it was sent. */
  prompts: readonly string[];
  /** All texts of the conversation, which a compaction may have changed before the last answer too. */
  conversation: string;
  /** The names of the tools that the model may call. */
  tools: readonly string[];
}

export type Answer = Turn | ((asked: Asked) => Turn | Promise<Turn>);
export type Script = readonly Answer[];

/** What all that a client sent comes to, whatever its protocol. */
export interface Piece {
  from: 'user' | 'system' | 'model' | 'result';
  text: string;
  /** For a result. */
  result?: ToolResult;
}

const MARK = /\[\[script:([\w-]+)\]\]/g;

function scriptNamedIn(text: string): string | undefined {
  return [...text.matchAll(MARK)].at(-1)?.[1];
}

/** Finds script and turn from what was sent alone, so that resumed, forked and parallel sessions need no memory here. */
export function placeInScript(pieces: readonly Piece[]): { script: string | undefined; turn: number } {
  const start = pieces.findLastIndex(
    (piece) => piece.from === 'user' && scriptNamedIn(piece.text) !== undefined,
  );
  const named = pieces[start];
  return {
    script: named && scriptNamedIn(named.text),
    turn: pieces.filter(
      (piece, at) => at > start && piece.from === 'model' && pieces[at - 1]?.from !== 'model',
    ).length,
  };
}

/** What came since the model's last answer. */
export function newPieces(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.slice(pieces.findLastIndex((piece) => piece.from === 'model') + 1);
}
