import { execFile } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../error/index.js';
import { ancestorsOf, isAlive, terminalOf, variableOf, type ProcessIdentity } from '../process/index.js';
import { toScreen, type Screen } from './screen.js';

/** How a pane stands, besides what it shows. */
export interface PaneState {
  width: number;
  /** What is typed reaches the program: it is not scrolled back, dead, closed to input, or typed into others too. */
  takesKeys: boolean;
  screen: Screen;
}

/** The pane of tmux that a process runs in. */
export interface Pane {
  /** Its id: `%3`. */
  id: string;
  /** How it stands and what it shows now; a word for why not, when it cannot be told or is not that process's now. */
  look(): Promise<PaneState | string>;
  /** Types text as it is, without Enter. */
  type(text: string): Promise<void>;
  enter(): Promise<void>;
}

const LIMIT_MS = 5_000;
const MOST_OUTPUT = 1_000_000;

const FORMAT = [
  ...['pane_pid', 'pane_width', 'pane_in_mode', 'pane_dead', 'pane_input_off', 'pane_synchronized'],
  ...['cursor_x', 'cursor_y'],
]
  .map((name) => `#{${name}}`)
  .join(' ');

/**
 * The pane that the environment of a process names; undefined when it names none. Looked at anew each time: pane and
 * process may have come to an end, or another program may stand in front.
 * @param program The file of tmux.
 */
export function openPane(program: string, client: ProcessIdentity): Pane | undefined {
  const socket = /^(.*),\d+,\d+$/s.exec(variableOf(client.pid, 'TMUX') ?? '')?.[1] ?? '';
  const id = variableOf(client.pid, 'TMUX_PANE') ?? '';
  if (!isAbsolute(socket) || !/^%\d{1,9}$/.test(id)) return undefined;
  const tmux = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(program, ['-u', '-S', socket, ...args], {
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      timeout: LIMIT_MS,
      maxBuffer: MOST_OUTPUT,
      encoding: 'utf8',
    });
    return stdout;
  };
  return {
    id,
    async look() {
      try {
        const said = await tmux(
          'display-message',
          '-p',
          '-t',
          id,
          FORMAT,
          ';',
          'capture-pane',
          '-p',
          '-e',
          '-t',
          id,
        );
        return stateOf(said, client);
      } catch (error) {
        return `tmux does not show its pane (${messageOf(error).split('\n')[0]})`;
      }
    },
    async type(text) {
      await tmux('send-keys', '-t', id, '-l', '--', text);
    },
    async enter() {
      await tmux('send-keys', '-t', id, 'Enter');
    },
  };
}

function stateOf(said: string, client: ProcessIdentity): PaneState | string {
  const end = said.indexOf('\n');
  const [pid = 0, width = 0, ...rest] = said.slice(0, end).split(' ').map(Number);
  const [inMode, isDead, inputOff, isSynchronized, x = 0, y = 0] = rest;
  const why = whyNotInFront(client, pid);
  if (why !== undefined) return why;
  const takesKeys = [inMode, isDead, inputOff, isSynchronized].every((flag) => flag === 0);
  const screen = toScreen(said.slice(end + 1), { x, y });
  return { width, takesKeys, screen };
}

/** A pane's number may be that of a later pane, and its terminal may have been lent to another program. */
function whyNotInFront(client: ProcessIdentity, panePid: number): string | undefined {
  if (!isAlive(client)) return 'its client has ended';
  if (panePid !== client.pid && !ancestorsOf(client.pid).includes(panePid)) return 'it runs in another pane';
  const [own, ofPane] = [terminalOf(client.pid), terminalOf(panePid)];
  if (own === undefined || own.device !== ofPane?.device) return 'it runs in another terminal';
  return own.isForeground ? undefined : 'another program stands in front of it';
}
