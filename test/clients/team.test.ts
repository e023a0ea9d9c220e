import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { runCallsheet, startCommand } from '../support/command.js';
import { givenRepository } from '../support/given-repository.js';
import { givenClaude } from './claude.js';
import { describeClient } from './installed.js';
import { scriptedModel } from './model.js';
import type { Asked, Script, ToolCall, Turn } from './script.js';

const COMMAND = join(import.meta.dirname, '../../dist/callsheet.cjs');
const EXAMPLE = join(import.meta.dirname, '../../examples/team/terminals.sh');

/** A repository set up by `callsheet init`. */
async function givenTeam() {
  const place = await givenRepository({ 'a.txt': 'a\n' });
  const callsheet = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCallsheet(place.root, args, { HOME: place.folder });
    expect(code, stderr).toBe(0);
    return stdout;
  };
  await callsheet('init', '--claude', '--yes', '--json');
  return {
    ...place,
    callsheet,
    start: (...args: string[]) => [process.execPath, COMMAND, ...args],
    sheet: async (query: string) =>
      (JSON.parse(await callsheet('sql', query, '--json')) as { rows: Record<string, unknown>[] }).rows,
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
    },
  };
}

const bash = (command: string): ToolCall => ({ name: 'Bash', input: { command, description: 'Runs it' } });
const say = (text: string): Turn => ({ text });

/** All that an agent was told since it last said something. */
function heardIn({ prompts, contexts, results }: Asked): string {
  return [...prompts, ...contexts, ...results.map(({ text }) => text)].join('\n');
}

/** A model that answers each turn by what it heard, as often as it is asked. */
function always(answer: (heard: string) => Turn | Promise<Turn>): Script {
  return Array.from({ length: 200 }, () => (asked: Asked) => answer(heardIn(asked)));
}

interface Doings {
  root: string;
  /** Is called in the middle of the work on a task. */
  meanwhile: (task: string) => Promise<void>;
}

/** Does what it is given: writes a file of the task's name, and completes it. Of `ui` it asks first, `checks` it has reviewed. */
function worker({ root, meanwhile }: Doings): Script {
  let task: string | undefined;
  let steps: ((heard: string) => Turn | Promise<Turn>)[] = [];
  const begin = (id: string, isReview: boolean): void => {
    task = id;
    const complete = (more: string) => ({
      tools: [bash(`callsheet task complete ${id} "Did ${id}${more}"`)],
    });
    const input = { file_path: join(root, `${id}.txt`), content: `${id}\n` };
    steps = [
      () => ({ tools: [{ name: 'Write', input }] }),
      async () => {
        await meanwhile(id);
        return { tools: [bash('true')] };
      },
      (heard) => complete(heard.includes('Use v2.') ? ' with v2' : ''),
    ];
    const wait = (): Turn => say('I wait for the answer.');
    const ask = (command: string): Turn => ({ tools: [bash(command)] });
    if (id === 'ui')
      steps.splice(
        1,
        2,
        () => ask('callsheet task block ui "Which colour?"'),
        wait,
        (heard) => complete(heard.includes('> Blue') ? ' in blue' : ' blindly'),
      );
    if (id === 'checks')
      steps.splice(
        1,
        2,
        () => ask('callsheet send REVIEW_REQUEST "Do they check enough?" --path checks.txt'),
        wait,
        (heard) => complete(/REVIEW_RESULT from \w+[\s\S]*approved/.test(heard) ? ', approved' : ''),
      );
    if (isReview)
      steps = [() => ask(`callsheet send REVIEW_RESULT "They do." --task ${id} --verdict approved`)];
  };
  return always((heard) => {
    const given = /([\w-]+) is yours now \(attempt \d+\)/.exec(heard)?.[1];
    if (given !== undefined && given !== task)
      begin(given, heard.includes('callsheet send REVIEW_RESULT --task'));
    return steps.shift()?.(heard) ?? say('Nothing to do.');
  });
}

const PLAN = [
  ['schema', ''],
  ['api', '--after schema'],
  ['ui', '--after schema'],
  ['docs', '--after api'],
  ['checks', '--after api --after ui'],
  ['release', '--after docs --after checks'],
];

describeClient(
  'claude',
  'a lead and two workers in terminals',
  () => {
    test(
      'finish six tasks: one asks the person, one is steered, one is reviewed, and nobody polls',
      { timeout: 90_000 },
      async () => {
        await using place = await givenTeam();
        const adds = PLAN.map(([id, after]) =>
          bash(`callsheet task add "Do ${id}" --id ${id} --files ${id}.txt ${after}`),
        );
        await using model = await scriptedModel();
        const doings = {
          root: place.root,
          meanwhile: async (task: string) => {
            if (task === 'api')
              await place.callsheet('send', 'INSTRUCTION', 'Use v2.', '--to', 'api', '--as', 'mia');
          },
        };
        let isPlanned = false;
        model.learn({
          lead: always((heard) => {
            if (heard.includes('No task is open any more')) return say('The goal is reached.');
            if (isPlanned) return say('I see.');
            isPlanned = true;
            return {
              tools: [
                ...adds,
                { name: 'Write', input: { file_path: join(place.root, 'x.txt'), content: 'x' } },
              ],
            };
          }),
          one: worker(doings),
          two: worker(doings),
        });
        await using claude = givenClaude({ root: place.root, model });
        const wishes = (...args: string[]) => ({ startedBy: place.start(...args) });
        const one = await claude.open(wishes('work'));
        const two = await claude.open(wishes('work', '--speciality', 'frontend'));
        await one.shows(/Nothing of note was said/);
        await two.shows(/Nothing of note was said/);
        // They wait for a task now, and a person can type all the same.
        await one.submit('[[script:one]]');
        await two.submit('[[script:two]]');
        await one.shows(/Nothing to do/);
        await two.shows(/Nothing to do/);
        const lead = await claude.open(wishes('lead', 'Build it. [[script:lead]]'));
        const question = async (): Promise<string | undefined> =>
          (await place.sheet("select id from messages where type = 'BLOCKER'"))[0]?.['id'] as
            string | undefined;
        await Promise.race([one.shows(/I wait for the answer/), two.shows(/I wait for the answer/)]);
        await place.callsheet('answer', (await question()) ?? '', 'Blue', '--as', 'mia');
        await lead.shows(/The goal is reached/);
        const tasks = await place.sheet('select id, state, attempt, summary from tasks');
        const isDone = { state: 'done', attempt: 1 };
        expect(tasks).toEqual([
          { id: 'schema', ...isDone, summary: 'Did schema' },
          { id: 'api', ...isDone, summary: 'Did api with v2' },
          { id: 'ui', ...isDone, summary: 'Did ui in blue' },
          { id: 'docs', ...isDone, summary: 'Did docs' },
          { id: 'checks', ...isDone, summary: 'Did checks, approved' },
          { id: 'release', ...isDone, summary: 'Did release' },
          { id: 'task-1', ...isDone, summary: 'They do.' },
        ]);
        const workers = await place.sheet('select count(distinct agent) as workers from attempts');
        expect(workers).toEqual([{ workers: 2 }]);
        expect(model.told('lead')).toContain('You lead, and a lead writes no files');
        expect(model.told('lead')).toMatch(/BLOCKER from \w+ \(worker\), about ui:\n> Which colour\?/);
        // Each is asked for what it does, and for nothing in between.
        const requests = model.log.length;
        expect(requests).toBeLessThan(50);
      },
    );
    test('examples/team/terminals.sh opens a lead and two workers', { timeout: 90_000 }, async () => {
      await using place = await givenTeam();
      await using model = await scriptedModel();
      await using claude = givenClaude({ root: place.root, model });
      writeFileSync(
        join(place.folder, 'callsheet'),
        `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`,
        {
          mode: 0o755,
        },
      );
      const example = `PATH='${place.folder}':$PATH exec sh '${EXAMPLE}' 'Build it.'`;
      const log = ['log', '--follow', '--json', '--type', 'agent.registered'];
      const registered = startCommand(place.root, log);
      onTestFinished(() => void registered.child.kill());
      const events = createInterface({ input: registered.child.stdout })[Symbol.asyncIterator]();
      await claude.open({ startedBy: ['sh', '-c', example, 'sh'] });
      const sessions: unknown[] = [];
      for await (const line of events) {
        const { data } = JSON.parse(line) as { data?: { role: string } };
        // The first line says what they are; and the person is registered, too.
        if (data !== undefined && data.role !== 'human') sessions.push(data.role);
        if (sessions.length === 3) break;
      }
      const query = "select role, speciality from agents where role <> 'human' order by role, speciality";
      expect(await place.sheet(query)).toEqual([
        { role: 'supervisor', speciality: null },
        { role: 'worker', speciality: null },
        { role: 'worker', speciality: 'frontend' },
      ]);
    });
  },
  { terminal: true },
);
