import type { WriteIntent } from '../guard/index.js';

const FILE = /^\*\*\* (Add|Update|Delete) File: (.+)$/;
const MOST_FILES = 200;

/** What a patch of Codex (`*** Begin Patch`) will do to each file that it names. What cannot be read is left out. */
export function patchedFiles(patch: string): Omit<WriteIntent, 'callId'>[] {
  const files: Omit<WriteIntent, 'callId'>[] = [];
  let lines: string[] = [];
  let open: { verb: string; path: string } | undefined;
  const close = (): void => {
    if (open !== undefined) files.push(...intentsOf(open, lines));
    lines = [];
  };
  for (const line of patch.split('\n')) {
    const [, verb, path] = FILE.exec(line) ?? [];
    if (verb !== undefined && path !== undefined) {
      close();
      open = { verb, path: path.trim() };
    } else if (line.startsWith('*** End Patch')) {
      break;
    } else lines.push(line);
  }
  close();
  return files.slice(0, MOST_FILES);
}

/** The patch of `apply_patch <<'EOF'` in a shell command, which Codex carries out without asking again. */
export function patchInCommand(command: string): string | undefined {
  const start = /(?:^|[\s;&|])(?:apply_patch|applypatch)\b[^\n]*<</.test(command)
    ? command.indexOf('*** Begin Patch')
    : -1;
  return start === -1 ? undefined : command.slice(start);
}

function intentsOf(
  { verb, path }: { verb: string; path: string },
  lines: string[],
): Omit<WriteIntent, 'callId'>[] {
  if (verb === 'Delete') return [{ path, kind: 'whole', content: Buffer.alloc(0) }];
  if (verb === 'Add') {
    const content = lines.filter((line) => line.startsWith('+')).map((line) => `${line.slice(1)}\n`);
    return [{ path, kind: 'whole', content: Buffer.from(content.join('')) }];
  }
  const move = /^\*\*\* Move to: (.+)$/.exec(lines[0] ?? '')?.[1]?.trim();
  const edits = hunksOf(lines);
  // Moved: gone from here, and written as a whole there.
  if (move !== undefined)
    return [
      { path, kind: 'everywhere', edits, content: Buffer.alloc(0) },
      { path: move, kind: 'whole' },
    ];
  return [{ path, kind: 'edit', edits }];
}

/** Each hunk replaces its context and removed lines by its context and added ones. */
function hunksOf(lines: string[]): { old: string; new: string }[] {
  const hunks: { old: string[]; new: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('@@')) hunks.push({ old: [], new: [] });
    else if (/^[ +-]/.test(line)) {
      if (hunks.length === 0) hunks.push({ old: [], new: [] });
      const hunk = hunks.at(-1);
      if (!line.startsWith('+')) hunk?.old.push(line.slice(1));
      if (!line.startsWith('-')) hunk?.new.push(line.slice(1));
    }
  }
  return hunks
    .filter((hunk) => hunk.old.length > 0 || hunk.new.length > 0)
    .map((hunk) => ({ old: text(hunk.old), new: text(hunk.new) }));
}

function text(lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
