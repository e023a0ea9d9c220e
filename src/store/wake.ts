/** How those who wait for the sheet hear of a commit. */
export interface Wake {
  /** Tells everybody that something was committed. Called inside the transaction's turn, so it waits for nothing. */
  ring(): void;
  /** Calls back after each commit of any process (several commits may be told once). Returns the way to stop. */
  watch(onCommit: () => void): () => void;
  close(): void;
}
