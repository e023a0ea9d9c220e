import { describe, expect, test } from 'vitest';
import { givenSessions, TEN_LINES } from './given-sessions.js';

async function givenTwo(files: Record<string, string> = { 'a.txt': TEN_LINES, 'b.txt': 'b\n' }) {
  const given = await givenSessions(files);
  return { ...given, ada: await given.session(), bo: await given.session() };
}

describe('the work of a subagent that has ended', () => {
  async function givenEnded() {
    const given = await givenTwo();
    const sub = await given.ada.subagent('s1');
    await sub.edit('b.txt', 'b', 'c');
    await sub.write('n.txt', 'new\n');
    await sub.event('SubagentStop', { agent_type: 'general-purpose' });
    return given;
  }

  test.each(['git stash', 'git reset --hard', 'rm n.txt', 'git clean -fd', 'git checkout -- b.txt'])(
    'is that of its session: %s of another is refused',
    async (command) => {
      const { ada, bo } = await givenEnded();
      expect((await bo.ask('Bash', { command })).refused).toMatch(/would throw away work of ada,/);
      expect((await ada.ask('Bash', { command })).refused).toBeUndefined();
    },
  );

  test('is protected as long as its session goes on', async () => {
    const { ada, bo } = await givenEnded();
    await ada.event('SessionEnd', { reason: 'other' });
    expect((await bo.ask('Bash', { command: 'git stash' })).refused).toBeUndefined();
  });

  test('is named as that of its session to whoever writes there too, and to whoever begins', async () => {
    const { session, bo } = await givenEnded();
    expect((await bo.edit('b.txt', 'c', 'd')).told).toContain('ada works on b.txt too');
    expect((await session()).greeting).toMatch(/ada \(.*\) has written n\.txt, b\.txt\./);
  });
});
