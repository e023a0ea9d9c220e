import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCallsheet } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';
import { givenClaude } from './claude.js';
import { givenCodex } from './codex.js';
import { givenGemini } from './gemini.js';
import { describeClient } from './installed.js';
import { scriptedModel } from './model.js';

const agentsOf = async (root: string, env: NodeJS.ProcessEnv): Promise<unknown> => {
  const query = "select name, driver, ended is not null as ended from agents where driver <> 'terminal'";
  return (JSON.parse((await runCallsheet(root, ['sql', query, '--json'], env)).stdout) as { rows: unknown })
    .rows;
};

describeClient('claude', 'the MCP server in Claude Code', () => {
  test('init is all that it needs: the tools are there, and speak for the session that the hooks have registered', async () => {
    await using place = await givenRepository();
    const env = { HOME: place.folder };
    await runCallsheet(place.root, ['init', '--claude', '--yes'], env);
    await runCallsheet(place.root, ['task', 'add', 'Greet'], env);
    await using model = await scriptedModel({
      one: [
        { tools: [{ name: 'mcp__callsheet__claim_task', input: {} }] },
        async () => {
          await runCallsheet(place.root, ['send', 'INSTRUCTION', '--to', 'task-1', 'Say it in French'], env);
          return { tools: [{ name: 'mcp__callsheet__report', input: { kind: 'progress', text: 'half' } }] };
        },
        { tools: [{ name: 'mcp__callsheet__complete_task', input: { result: { summary: 'Bonjour' } } }] },
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    const { finished } = claude.run('[[script:one]]', { allowedTools: ['mcp__callsheet'] });
    const start = (await finished).find(({ subtype }) => subtype === 'init');
    expect(start?.['tools']).toContain('mcp__callsheet__complete_task');
    const told = model.told('one');
    expect(told).toContain('you are ada in this repository');
    expect(told.split('Say it in French')).toHaveLength(2);
    expect(await agentsOf(place.root, env)).toEqual([{ name: 'ada', driver: 'claude', ended: 1 }]);
    const shown = await runCallsheet(place.root, ['task', 'show', 'task-1', '--json'], env);
    expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'done', result: { summary: 'Bonjour' } });
  });

  test('its prompts are slash commands: a session that is told the part of a worker is handed tasks', async () => {
    await using place = await givenRepository();
    const env = { HOME: place.folder };
    await runCallsheet(place.root, ['init', '--claude', '--yes'], env);
    await using model = await scriptedModel({
      one: [
        { text: 'Hello.' },
        async ({ prompts }) => {
          expect(prompts.join('\n')).toContain('You are a worker of a team. Take a task with claim_task');
          await runCallsheet(place.root, ['task', 'add', 'Greet'], env);
          return { text: 'I am ready.' };
        },
        ({ prompts }) => {
          expect(prompts.join('\n')).toContain('task-1 is yours now (attempt 1)');
          const input = { id: 'task-1', result: { summary: 'Greeted' } };
          return { tools: [{ name: 'mcp__callsheet__complete_task', input }] };
        },
        { text: 'Done.' },
      ],
    });
    await using claude = givenClaude({ root: place.root, model });
    const session = claude.converse({ allowedTools: ['mcp__callsheet'] });
    session.say('[[script:one]]');
    await session.printed(({ type }) => type === 'result');
    session.say('/mcp__callsheet__worker');
    await session.printed(({ result }) => result === 'Done.');
    session.close();
    const query = 'select state, summary from tasks';
    expect(JSON.parse((await runCallsheet(place.root, ['sql', query, '--json'], env)).stdout)).toEqual({
      rows: [{ state: 'done', summary: 'Greeted' }],
    });
  });

  test('a committed entry disturbs nobody where callsheet is not set up', async () => {
    await using place = await givenRepository();
    const env = { HOME: place.folder };
    await runCallsheet(place.root, ['init', '--claude', '--yes'], env);
    place.commit({});
    await runCallsheet(place.root, ['init', '--remove', '--yes'], env);
    place.git('checkout', '--quiet', '--', '.');
    await using model = await scriptedModel({ one: [{ text: 'Done.' }] });
    await using claude = givenClaude({ root: place.root, model });
    const messages = await claude.run('[[script:one]]').finished;
    const start = messages.find(({ subtype }) => subtype === 'init');
    expect(start?.['mcp_servers']).toMatchObject([{ name: 'callsheet', status: 'connected' }]);
    expect(JSON.stringify(start?.['tools'])).not.toContain('callsheet');
  });
});

describeClient('codex', 'the MCP server in Codex', () => {
  test('init is all that it needs, and the session is that of the hooks', async () => {
    await using place = await givenRepository();
    await using model = await scriptedModel({
      one: [
        { tools: [{ name: 'callsheet/claim_task', input: {} }] },
        { tools: [{ name: 'callsheet/complete_task', input: { result: { summary: 'Bonjour' } } }] },
        { text: 'Done.' },
      ],
    });
    await using codex = givenCodex({ root: place.root, model });
    const env = { HOME: codex.home, CODEX_HOME: join(codex.home, '.codex') };
    await runCallsheet(place.root, ['init', '--codex', '--yes'], env);
    await runCallsheet(place.root, ['task', 'add', 'Greet'], env);
    await codex.run('[[script:one]]').finished;
    expect(model.told('one')).toContain('Greet');
    expect(await agentsOf(place.root, env)).toEqual([{ name: 'ada', driver: 'codex', ended: 1 }]);
    const shown = await runCallsheet(place.root, ['task', 'show', 'task-1', '--json'], env);
    expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'done', result: { summary: 'Bonjour' } });
  });
});

describeClient('gemini', 'the MCP server in Gemini CLI', () => {
  test.each([[[]], [['--local']]])(
    'init %j is all that it needs, and the session is that of the hooks',
    async (args) => {
      await using place = await givenRepository();
      await using model = await scriptedModel({
        one: [
          { tools: [{ name: 'mcp_callsheet_claim_task', input: {} }] },
          { tools: [{ name: 'mcp_callsheet_complete_task', input: { result: { summary: 'Bonjour' } } }] },
          { text: 'Done.' },
        ],
      });
      await using gemini = givenGemini({ root: place.root, model });
      const env = { HOME: gemini.home };
      await runCallsheet(place.root, ['init', '--gemini', '--yes', ...args], env);
      await runCallsheet(place.root, ['task', 'add', 'Greet'], env);
      await gemini.run('[[script:one]]').finished;
      expect(model.told('one')).toContain('Greet');
      expect(await agentsOf(place.root, env)).toEqual([{ name: 'ada', driver: 'gemini', ended: 1 }]);
      const shown = await runCallsheet(place.root, ['task', 'show', 'task-1', '--json'], env);
      expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'done', result: { summary: 'Bonjour' } });
    },
  );
});
