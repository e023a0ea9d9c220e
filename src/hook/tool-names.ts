/** The tools that write files: only they are ever refused because nobody answers. */
export const WRITING_TOOLS: ReadonlySet<string> = new Set([
  'Edit',
  'Write',
  'MultiEdit',
  'NotebookEdit',
  'apply_patch',
  'write_file',
  'replace',
  'edit',
  'write',
]);
