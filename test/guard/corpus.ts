import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyEdit, put, type Heard, type Session } from './given-sessions.js';

/** Lets the other sessions do something; whoever plays decides how much. */
type Play = AsyncGenerator<undefined, void>;

/** A place in a file that is edited, and what a formatter does once the tool has written. */
interface EditOptions {
  everywhere?: boolean;
  formatter?: (text: string) => string;
}

/** The hands of one agent: what it does to its own files, one small step at a time, with every refusal that is not called for noted. */
export class Hand {
  edits = 0;
  readonly refusals: string[] = [];
  private files = 0;

  constructor(
    public session: Session,
    readonly home: string,
    readonly random: () => number,
    /** Finished files of other agents. */
    readonly finished: string[],
  ) {
    mkdirSync(this.path(home), { recursive: true });
  }

  /** A file of its own that was there before the session began, as far as the guard can tell. */
  given(text = lines(30), ending = 'txt'): string {
    const name = this.newName(ending);
    put(this.path(name), text);
    return name;
  }

  newName(ending = 'txt'): string {
    return `${this.home}/f${(this.files += 1)}.${ending}`;
  }

  path(name: string): string {
    return join(this.session.cwd, name);
  }

  text(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  async *read(name: string, range: { offset?: number; limit?: number } = {}): Play {
    yield* this.call('Read', { file_path: this.path(name), ...range }, () => undefined);
  }

  async *bash(command: string): Play {
    yield* this.call(
      'Bash',
      { command },
      () => void spawnSync('sh', ['-c', command], { cwd: this.session.cwd }),
    );
  }

  /** Replaces one line of a file by a longer one. */
  async *edit(name: string, { everywhere = false, formatter = (text) => text }: EditOptions = {}): Play {
    const path = this.path(name);
    const old = this.lineOf(name);
    const input = { file_path: path, old_string: old, new_string: `${old} more`, replace_all: everywhere };
    yield* this.write('Edit', input, () => {
      applyEdit(path, old, `${old} more`, everywhere);
      put(path, formatter(this.text(name)));
    });
  }

  async *editMany(name: string): Play {
    const path = this.path(name);
    const [one, other] = [this.lineOf(name, 0.2), this.lineOf(name, 0.8)];
    const edits = [one, other].map((old) => ({ old_string: old, new_string: `${old} too` }));
    yield* this.write('MultiEdit', { file_path: path, edits }, () => {
      for (const edit of edits) applyEdit(path, edit.old_string, edit.new_string);
    });
  }

  async *notebook(name: string): Play {
    const path = this.path(name);
    const input = { notebook_path: path, cell_id: 'a', new_source: 'print(1)' };
    yield* this.write('NotebookEdit', input, () =>
      put(path, this.text(name).replace('print(', 'print(1 + ')),
    );
  }

  async *overwrite(name: string, content = `${lines(20)}${this.random()}\n`): Play {
    const path = this.path(name);
    yield* this.write('Write', { file_path: path, content }, () => put(path, content));
  }

  /** Calls of one step, with one end for all of them: most clients make each before they ask for the next. */
  async *editTwiceAtOnce(name: string, { askedTogether = false } = {}): Play {
    const path = this.path(name);
    const edits = [this.lineOf(name, 0.1), this.lineOf(name, 0.9)].map((old) => ({
      old,
      new: `${old} both`,
    }));
    const asked: Awaited<ReturnType<Session['ask']>>[] = [];
    for (const { old, new: replacement } of edits) {
      const input = { file_path: path, old_string: old, new_string: replacement };
      asked.push(await this.askToWrite('Edit', input));
      yield;
      if (!askedTogether) applyEdit(path, old, replacement);
    }
    for (const edit of askedTogether ? edits : []) {
      applyEdit(path, edit.old, edit.new);
      yield;
    }
    const end = await this.session.afterBatch(...asked.map(({ call }) => call));
    for (const { told } of [...asked, end])
      if (told?.includes(' both') === true) this.refusals.push(`It is told of its own edit: ${told}`);
  }

  /** Asks, writes, and is interrupted before the client tells of it. */
  async *interruptedEdit(name: string): Play {
    const path = this.path(name);
    const old = this.lineOf(name);
    await this.askToWrite('Edit', { file_path: path, old_string: old, new_string: `${old} cut` });
    yield;
    applyEdit(path, old, `${old} cut`);
    yield;
    await this.session.prompt('No, do something else.');
  }

  private async *write(tool: string, input: Record<string, unknown>, perform: () => void): Play {
    const { call } = await this.askToWrite(tool, input);
    yield;
    perform();
    yield;
    await this.session.afterBatch(call);
  }

  /** Nothing here is to be refused. Whoever is refused all the same tries again, as an agent would. */
  private async askToWrite(tool: string, input: Record<string, unknown>): ReturnType<Session['ask']> {
    this.edits += 1;
    const first = await this.session.ask(tool, input);
    if (first.refused === undefined) return first;
    this.refusals.push(first.refused);
    return this.session.ask(tool, input);
  }

  private async *call(tool: string, input: Record<string, unknown>, perform: () => void): Play {
    const { call, refused }: Heard & { call: Parameters<Session['afterBatch']>[0] } = await this.session.ask(
      tool,
      input,
    );
    if (refused !== undefined) this.refusals.push(refused);
    yield;
    perform();
    yield;
    await this.session.afterBatch(call);
  }

  /** A text of a file that stands there once. */
  private lineOf(name: string, at = this.random()): string {
    const texts = this.text(name)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && this.text(name).split(line).length === 2);
    return texts[Math.floor(at * texts.length)] ?? '';
  }
}

function lines(many: number): string {
  return Array.from(
    { length: many },
    (_, at) => `line ${String(at + 1).padStart(2, '0')} of the file\n`,
  ).join('');
}

const indented = (text: string): string => text.replace(/^(?=\S)/gm, '  ').replace(/ more$/gm, " 'more';");
const NOTEBOOK = JSON.stringify({ cells: [{ id: 'a', source: ['print(0)'] }], nbformat: 4 }, null, 1);

/** What one person has agents do on an ordinary day; each has files of its own, so that no refusal is called for. */
export const ORDINARY: Record<string, (hand: Hand) => Play> = {
  async *'a file mentioned in the prompt is edited'(hand) {
    const name = hand.given();
    await hand.session.prompt(`Improve @${name}, please.`);
    yield* hand.edit(name);
    yield* hand.edit(name);
  },
  async *'a line that grep found is edited'(hand) {
    const name = hand.given();
    yield* hand.bash(`grep -n 'line 07' ${name}`);
    yield* hand.edit(name);
    yield* hand.edit(name);
  },
  async *'a generator rewrites a file, and the agent edits it'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    yield* hand.bash(`sh tools/generate.sh ${name}`);
    yield* hand.edit(name);
  },
  async *'a generator rewrites a file, and the agent reads and writes it'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    yield* hand.bash(`sh tools/generate.sh ${name}`);
    yield* hand.read(name);
    yield* hand.overwrite(name);
  },
  async *'a formatter runs after each edit'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    yield* hand.edit(name, { formatter: indented });
    yield* hand.edit(name, { formatter: indented });
    yield* hand.edit(name, { formatter: indented });
    yield* hand.overwrite(name);
  },
  async *'a command in the background writes later'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    yield* hand.bash('(sleep 0)');
    put(hand.path(name), `${hand.text(name)}written in the background\n`);
    yield;
    yield* hand.edit(name);
    yield* hand.read(name);
    yield* hand.overwrite(name);
  },
  async *'a subagent works, and its parent goes on'(hand) {
    const [name, made] = [hand.given(), hand.newName()];
    const parent = hand.session;
    yield* hand.read(name);
    hand.session = await parent.subagent(`sub-${Math.floor(hand.random() * 1e9)}`);
    yield* hand.edit(name);
    yield* hand.overwrite(made);
    await hand.session.event('SubagentStop', { agent_type: 'general-purpose' });
    hand.session = parent;
    await parent.afterBatch();
    yield* hand.edit(name);
    yield* hand.overwrite(made);
    yield* hand.overwrite(name);
  },
  async *'a session is resumed'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    yield* hand.edit(name);
    await hand.session.event('SessionEnd', { reason: 'other' });
    yield;
    await hand.session.event('SessionStart', { source: 'resume' });
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
  async *'a session is compacted'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    await hand.session.event('PreCompact', { trigger: 'auto' });
    await hand.session.event('PostCompact', { trigger: 'auto', compact_summary: 'It edits.' });
    await hand.session.event('SessionStart', { source: 'compact' });
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
  async *'a person edits the file in an editor, then the agent does'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    put(hand.path(name), hand.text(name).replace('line 11', 'eleven'));
    yield* hand.edit(name);
    put(hand.path(name), hand.text(name).replace('line 13', 'thirteen'));
    yield* hand.edit(name, { everywhere: true });
    yield* hand.read(name);
    yield* hand.overwrite(name);
  },
  async *'a notebook is edited'(hand) {
    const name = hand.given(NOTEBOOK, 'ipynb');
    yield* hand.read(name);
    yield* hand.notebook(name);
    yield* hand.notebook(name);
    yield* hand.overwrite(name, NOTEBOOK);
  },
  async *'several places are edited at once'(hand) {
    const name = hand.given();
    yield* hand.read(name, { limit: 10 });
    yield* hand.editMany(name);
    yield* hand.editTwiceAtOnce(name);
    yield* hand.editTwiceAtOnce(name, { askedTogether: true });
    yield* hand.edit(name);
  },
  async *'a name is replaced everywhere after own edits'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    yield* hand.edit(name);
    yield* hand.edit(name, { everywhere: true });
    yield* hand.overwrite(name);
  },
  async *'an own file is written several times'(hand) {
    const name = hand.newName();
    yield* hand.overwrite(name);
    yield* hand.overwrite(name);
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
  async *'a file has the line ends of another system'(hand) {
    const name = hand.given(lines(30).replaceAll('\n', '\r\n'));
    yield* hand.read(name);
    yield* hand.edit(name);
    put(hand.path(name), hand.text(name).replaceAll('\r\n', '\n'));
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
  async *'a file is made by a command, then edited and written'(hand) {
    const name = hand.newName();
    yield* hand.bash(`cat > ${name} <<'EOF'\n${lines(5)}EOF`);
    yield* hand.edit(name);
    yield* hand.overwrite(name);
    yield* hand.bash(`printf '%s\\n' more >> ${name}`);
    yield* hand.overwrite(name);
  },
  async *'what a command prints is kept in a file, which is written anew'(hand) {
    const name = hand.newName();
    yield* hand.bash(`seq 20 | tee ${name} | tail -1`);
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
  async *'a command edits a file in place'(hand) {
    const name = hand.given();
    yield* hand.bash(`cat ${name}`);
    yield* hand.bash(`sed -i 's/line 05/five/' ${name}`);
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
  async *'tests run for long while others work'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    const { call } = await hand.session.ask('Bash', { command: 'npm test' });
    for (let steps = 0; steps < 20; steps += 1) yield;
    await hand.session.afterBatch(call);
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
  async *'the user interrupts, and something else is done'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    yield* hand.interruptedEdit(name);
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
  async *'work is committed'(hand) {
    const name = hand.given();
    yield* hand.read(name);
    yield* hand.edit(name);
    const identity = '-c user.name=x -c user.email=x@x';
    yield* hand.bash(
      `git add ${name} && git ${identity} commit -qm "$(cat <<'EOF'\nMore\n\nEOF\n)" -- ${name} && git status --short`,
    );
    yield* hand.edit(name);
    yield* hand.overwrite(name);
    await hand.session.stop();
  },
  async *'own changes are taken back by commands'(hand) {
    const name = hand.given();
    const identity = '-c user.name=x -c user.email=x@x';
    yield* hand.bash(`git add ${name} && git ${identity} commit -qm 'git stash; rm *' -- ${name}`);
    yield* hand.bash(`ls && cat ${name} 2>&1`);
    for (const undo of [
      `cd ${hand.home} && git checkout -- ${name.slice(hand.home.length + 1)}`,
      `git restore ${name}`,
      `bash -c 'git checkout HEAD ${name}' # that's all`,
      `git ${identity} stash push -q -- ${name} && git stash drop -q`,
      `cat <<'EOF'\ngit reset --hard\nEOF\ngit -C ${hand.home} checkout .`,
    ]) {
      yield* hand.edit(name);
      yield* hand.bash(undo);
    }
    yield* hand.bash(
      `rm -rf ${hand.home}/{none,nothing} && rm -f ${hand.home}/*.tmp && git clean -fdxq ${hand.home}/lib`,
    );
    yield* hand.bash(
      `find ${hand.home} -name '*.pyc' -delete; cd "$(mktemp -d)" && git init -q && git clean -fdq`,
    );
  },
  async *'a finished file of another is read, and one’s own is edited'(hand) {
    const name = hand.given();
    const other = hand.finished.find((each) => !each.startsWith(hand.home) && existsSync(hand.path(each)));
    if (other !== undefined) yield* hand.read(other);
    yield* hand.edit(name);
    hand.finished.push(name);
  },
  async *'a finished file of another is taken over'(hand) {
    const at = hand.finished.findIndex((each) => !each.startsWith(hand.home));
    const [name] = at === -1 ? [] : hand.finished.splice(at, 1);
    if (name === undefined) return;
    yield* hand.read(name);
    yield* hand.edit(name);
    yield* hand.overwrite(name);
  },
};
