import { defineOperation, LEADERS } from '../operation.js';

interface ServeAnswer {
  pid: number;
  /** Where it answers; the secret stands in the sheet's folder. */
  address: string;
  /** Whether it was there before: then this command has ended at once. */
  isOther: boolean;
}

export const serve = defineOperation({
  name: 'serve',
  rights: LEADERS,
  help: 'Answer the hooks of coding agents, faster than they can be answered one by one',
  examples: ['callsheet serve'],
  input: {},
  async run(context): Promise<ServeAnswer | undefined> {
    const { sheet, signal } = context;
    const say = (line: string): void => context.say(line);
    const { serve: startServing, serverVersion } = await import('../../server/index.js');
    const running = await startServing({ sheet, version: serverVersion(), signal, say, env: context.env });
    const { port, process } = running.file;
    const answer = { pid: process.pid, address: `http://127.0.0.1:${port}`, isOther: running.isOther };
    if (running.isOther) return answer;
    context.emit(answer, `Hooks of ${sheet.root} are answered at ${answer.address}. End it: Ctrl-C`);
    const why = await running.ended;
    if (why !== 'asked') say(ENDED[why]);
    return undefined;
  },
  show: (other) => (other === undefined ? '' : `Process ${other.pid} answers already, at ${other.address}.`),
});

const ENDED = {
  idle: 'Nobody has asked for 10 minutes, and no client is running: ended. The next session starts a server again.',
  lost: 'The sheet is gone, or another server answers for it: ended.',
  replaced: 'callsheet has been updated: ended.',
  newer: 'A newer callsheet has changed the sheet: ended. Update this one.',
};
