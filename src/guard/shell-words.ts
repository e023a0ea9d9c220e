/** One command of a shell line, as far as it can be told without a shell. */
export interface ShellCommand {
  /** Its words, quotes taken off, from the name on; a word in which something would be expanded is left out. */
  words: string[];
  /** Whether what it prints goes somewhere else than to whoever gave the command. */
  isRedirected: boolean;
  /** The files into which it is redirected, as far as nothing in their names would be expanded. */
  targets: RedirectTarget[];
}

/** A file behind `>` or `>>`. */
export interface RedirectTarget {
  name: string;
  isAppended: boolean;
}

const LONGEST = 10_000;
const MOST_COMMANDS = 100;

const TOKEN =
  /(?<space>[^\S\n]+)|(?<end>\|\||&&|[\n;&|()])|(?<heredoc><<)|(?<redirect>\d?>[>&|]*\s*(?:'[^']*'|"[^"]*"|[^\s;&|()<>])*)|(?<single>'[^']*')|(?<double>"(?:\\.|[^"\\])*")|(?<escaped>\\.)|(?<plain>[^\s;&|()<>'"\\]+)|(?<other>.)/gsu;

/** Words before the name of a command. */
const BEFORE_NAME = new Set([
  ...['sudo', 'command', 'env', 'time', 'nohup', 'exec', '!', '{'],
  ...['if', 'then', 'else', 'elif', 'while', 'until', 'do'],
]);

const HEREDOC = /<<-?[ \t]*(['"\\]?)([\w.-]+)\1([^\n]*)\n(?:[\s\S]*?\n)??[ \t]*\2[ \t]*(?=\n|$)/g;

/**
 * The commands of a shell line, in order. Nothing is executed or expanded; what cannot be understood is left out, and
 * so are here-documents, and everything behind the beginning of one that does not end.
 */
export function shellCommands(line: string): ShellCommand[] {
  const reader = new CommandReader();
  for (const { groups = {} } of line.replace(HEREDOC, '$3').slice(0, LONGEST).matchAll(TOKEN)) {
    if (groups['heredoc'] !== undefined) break;
    reader.take(groups);
  }
  return reader.finished();
}

class CommandReader {
  private readonly commands: ShellCommand[] = [];
  private current: ShellCommand = { words: [], isRedirected: false, targets: [] };
  private word: string | undefined;
  private isClear = true;

  take(token: Record<string, string | undefined>): void {
    const { end, redirect, single, double, escaped, plain } = token;
    if (end !== undefined) return this.endCommand(end === '|');
    if (redirect !== undefined) {
      this.endWord();
      this.current.isRedirected = true;
      this.redirect(redirect);
    } else if (single !== undefined) this.add(single.slice(1, -1));
    else if (double !== undefined) this.add(unescaped(double.slice(1, -1)), !/[$`]/.test(double));
    else if (escaped !== undefined) this.add(escaped.slice(1));
    else if (plain !== undefined) this.add(plain, !/[$`*?[~]|\{.*,/.test(plain));
    else this.endWord();
  }

  finished(): ShellCommand[] {
    this.endCommand(false);
    return this.commands;
  }

  private redirect(text: string): void {
    const [, arrow = '', name = ''] = /^\d?(>[>|]?)\s*([^&\s][\s\S]*)$/.exec(text) ?? [];
    const isQuoted = /^(['"]).*\1$/.test(name);
    if (name === '' || /[$`]/.test(name) || (!isQuoted && /[*?[~{\\]/.test(name))) return;
    this.current.targets.push({ name: isQuoted ? name.slice(1, -1) : name, isAppended: arrow === '>>' });
  }

  private add(text: string, isClear = true): void {
    this.word = (this.word ?? '') + text;
    this.isClear &&= isClear;
  }

  private endWord(): void {
    if (this.word !== undefined && this.isClear) this.current.words.push(this.word);
    this.word = undefined;
    this.isClear = true;
  }

  private endCommand(isPiped: boolean): void {
    this.endWord();
    const start = this.current.words.findIndex((word) => !BEFORE_NAME.has(word) && !/^\w+=/.test(word));
    if (start !== -1 && this.commands.length < MOST_COMMANDS) {
      const words = this.current.words.slice(start);
      const { isRedirected, targets } = this.current;
      this.commands.push({ words, isRedirected: isRedirected || isPiped, targets });
    }
    this.current = { words: [], isRedirected: false, targets: [] };
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(["\\$`])/g, '$1');
}
