import { expect, test } from 'vitest';
import { readCommandLine } from '../../src/cli/command-line.js';
import { shellCommands } from '../../src/guard/shell-commands.js';
import { checkInput } from '../../src/operations/input/index.js';
import { firstPrompt, PARTS, textOfPart } from '../../src/team/index.js';
import { howToEnd } from '../../src/team/task-text.js';
import { givenTeam } from './given-team.js';

/** The command lines of a text: those that begin with the command, and those behind a colon. */
function commandsIn(text: string): string[][] {
  const lines = [...text.matchAll(/(?:^|: ) *(callsheet [^.,\n]+)/gm)].map(([, line = '']) => line);
  return lines.flatMap((line) => shellCommands(line, '/').map(({ words }) => words.slice(1)));
}

const TEXTS = [
  ...PARTS.flatMap((part) => [textOfPart(part), firstPrompt(part)]),
  howToEnd({ id: 'task-1', attempt: 2 }),
];

test('every command line that an agent is told is one that the command understands', async () => {
  const { root } = await givenTeam();
  const commands = TEXTS.flatMap(commandsIn);
  expect(commands.length).toBeGreaterThan(15);
  for (const words of commands) {
    const command = readCommandLine(words);
    expect({ words, kind: command.kind }).toEqual({ words, kind: 'operation' });
    if (command.kind !== 'operation') continue;
    const place = { cwd: root, root };
    await expect(checkInput(command.operation.input, command.raw, place)).resolves.toBeDefined();
  }
});

test.each(PARTS)('the part of a %s is short', (part) => {
  // A token is about four characters.
  expect(textOfPart(part).length).toBeLessThan(2_000);
});

test('a worker that asks for its part is handed tasks from then on', async () => {
  const team = await givenTeam();
  const { ada } = team;
  await team.call('task.add', { title: 'First' });
  expect(await ada.stop()).toEqual({});
  const { env } = await team.from('ada');
  expect(await team.call('prompt', { part: 'worker' }, { env })).toMatchObject({ follows: true });
  expect((await ada.stop()).refused).toContain('task-1 is yours now');
});

test('a worker that asks for the part of a lead is told who can give it, and has no more rights than before', async () => {
  const team = await givenTeam();
  const { env } = await team.from('ada');
  const { warning } = await team.call<{ warning: string }>('prompt', { part: 'lead' }, { env });
  expect(warning).toContain('You are ada, a worker, and cannot make yourself the lead.');
  await expect(team.call('task.add', { title: 'Mine' }, { env })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
  await expect(team.call('agent.set', { agent: 'ada', role: 'lead' }, { env })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
});

test('a person gives a session another part, and takes it back', async () => {
  const team = await givenTeam();
  const { ada } = team;
  const { env } = await team.from('ada');
  await team.call('agent.set', { agent: 'ada', role: 'lead' });
  await team.call('task.add', { title: 'First' }, { env });
  expect((await ada.write('b.txt', 'b\n')).refused).toContain('You lead');
  await team.call('agent.set', { agent: 'ada', role: 'worker', follows: 'yes', speciality: 'frontend' });
  expect((await ada.stop()).refused).toContain('task-1 is yours now');
  expect(await team.call('agent.set', { agent: 'ada', follows: 'no' })).toMatchObject({
    role: 'worker',
    speciality: 'frontend',
    follows: false,
  });
});

test('only a live session is given a part', async () => {
  const team = await givenTeam();
  await team.call('task.claim', {}, { as: 'mia' }).catch(() => undefined);
  const set = team.call('agent.set', { agent: 'mia', role: 'lead' });
  await expect(set).rejects.toMatchObject({ code: 'AGENT_NO_SESSION' });
});
