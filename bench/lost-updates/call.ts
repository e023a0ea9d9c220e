import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** By which an agent writes: two tools of a client, and a command that adds to a file or writes it as a whole. */
export type Tool = 'Edit' | 'Write' | 'append' | 'overwrite';

/** A change of one file, by what an agent takes it to hold: a line behind another one, or at the end. */
export interface Change {
  /** Absolute. */
  path: string;
  view: string;
  /** A line of the view with its line end. */
  anchor: string;
  line: string;
  /** Whether a command names the file only when it runs. */
  isHidden: boolean;
}

/** A tool call that makes a change. */
export interface Call {
  tool: string;
  input: Record<string, string>;
  /** What the client itself asks for: an edit must name a text that stands there exactly once. */
  canBeMade: () => boolean;
  perform: () => Promise<void>;
  /** What the agent takes the file to hold then, by what it took it to hold before. */
  viewAfter: (view: string) => string;
}

export function callFor(tool: Tool, change: Change): Call {
  if (tool === 'Edit') return edit(change);
  if (tool === 'Write') return wholeWrite(change);
  const { path, line, view, isHidden } = change;
  const [before, file] = isHidden ? [`file='${path}'; `, '"$file"'] : ['', `'${path}'`];
  if (tool === 'append')
    return shell(`${before}printf '%s\\n' '${line}' >> ${file}`, (known) => `${known}${line}\n`);
  const content = withLine(view, change);
  return shell(`${before}printf '%s' '${content}' > ${file}`, () => content);
}

function withLine(text: string, { anchor, line }: Change): string {
  return text.replace(anchor, () => `${anchor}${line}\n`);
}

function edit(change: Change): Call {
  const { path, anchor, line } = change;
  return {
    tool: 'Edit',
    input: { file_path: path, old_string: anchor, new_string: `${anchor}${line}\n` },
    canBeMade: () => readFileSync(path, 'utf8').split(anchor).length === 2,
    perform: () => {
      writeFileSync(path, withLine(readFileSync(path, 'utf8'), change));
      return Promise.resolve();
    },
    viewAfter: (view) => withLine(view, change),
  };
}

function wholeWrite(change: Change): Call {
  const { path, view } = change;
  const content = withLine(view, change);
  return {
    tool: 'Write',
    input: { file_path: path, content },
    canBeMade: () => true,
    perform: () => {
      writeFileSync(path, content);
      return Promise.resolve();
    },
    viewAfter: () => content,
  };
}

function shell(command: string, viewAfter: Call['viewAfter']): Call {
  return {
    tool: 'Bash',
    input: { command },
    canBeMade: () => true,
    perform: async () => void (await promisify(execFile)('sh', ['-c', command])),
    viewAfter,
  };
}
