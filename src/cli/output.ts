import { fstatSync } from 'node:fs';
import { writeAtOnce } from '../process/index.js';

/** Standard output or standard error, as a command writes to it. */
interface Output {
  write: (text: string) => void;
  readonly isTerminal: boolean;
}

/**
 * Opens standard output (1) or standard error (2). Node's own stream is loaded where it is needed only: for a terminal,
 * and for a pipe that somebody has set to not block once it takes no more.
 * @param onError Hears what went wrong; nothing when nobody listens any more.
 */
export function openOutput(descriptor: 1 | 2, onError: (error?: Error) => void): Output {
  let stream: NodeJS.WriteStream | undefined;
  const nodes = (): NodeJS.WriteStream => {
    stream ??= (descriptor === 1 ? process.stdout : process.stderr).on('error', onError);
    return stream;
  };
  return {
    // A terminal is a character device; so is /dev/null, which Node can tell from it.
    get isTerminal() {
      return fstatSync(descriptor).isCharacterDevice() && nodes().isTTY === true;
    },
    write(text) {
      if (stream !== undefined) return void stream.write(text);
      const left = writeAtOnce(descriptor, text);
      if (left === 'gone') onError();
      else if (left.length > 0) nodes().write(left);
    },
  };
}
