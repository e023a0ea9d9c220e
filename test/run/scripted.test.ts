import { expect, test } from 'vitest';
import { fileAppears, givenProject } from './given-project.js';

async function scripted(
  project: Awaited<ReturnType<typeof givenProject>>,
  script: string,
): Promise<string[]> {
  const file = await project.write('../script.yaml', script);
  return [
    'run',
    '--json',
    '--yes',
    '--plan',
    await project.plan([{ id: 'one' }]),
    '--agent',
    `scripted:${file}`,
  ];
}

const answer = async (project: Awaited<ReturnType<typeof givenProject>>, text: string): Promise<void> => {
  const [question] = await project.sql<{ id: string }>("select id from message where question = 'open'");
  expect((await project.callsheet('answer', question?.id ?? '', text)).code).toBe(0);
};

test('a session that ended its turn with a question goes on where it stood, by its resume handle', async () => {
  await using project = await givenProject();
  const args = await scripted(
    project,
    `tasks:
  one:
    steps:
      - run: echo begun >> part.txt
      - ask: Which colour?
      - run: echo more >> part.txt
`,
  );
  expect((await project.start(args).ended).code).toBe(3);
  await answer(project, 'Blue');
  const resumed = await project.callsheet('resume');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(project.show('callsheet/run-1/main', 'part.txt')).toBe('begun\nmore');
});

test('a session that stays hears the answer and goes on', async () => {
  await using project = await givenProject();
  const args = await scripted(
    project,
    `tasks:
  one:
    steps:
      - ask: { question: Which colour?, waitForAnswer: true }
      - write: { file: after.txt, text: heard }
`,
  );
  const engine = project.start(args);
  await engine.until('task.blocked');
  await answer(project, 'Blue');
  const { code } = await engine.ended;
  expect(code).toBe(0);
  expect(project.show('callsheet/run-1/main', 'after.txt')).toBe('heard');
  expect((await project.callsheet('task', 'log', 'one')).stdout).toContain('message: ANSWER from');
});

test('a worker that never reads what is said to it holds nobody up', async () => {
  await using project = await givenProject();
  const args = await scripted(
    project,
    `tasks:\n  one:\n    steps:\n      - run: touch ${project.at('begun')}\n      - hang: true\n`,
  );
  const engine = project.start(args);
  await fileAppears(project.at('begun'));
  for (let count = 0; count < 3; count += 1) {
    expect((await project.callsheet('send', 'INSTRUCTION', '--to', 'one', 'x'.repeat(15_000))).code).toBe(0);
  }
  await project.callsheet('task', 'cancel', 'one');
  const { code } = await engine.ended;
  expect(code).toBe(0);
  expect(project.left()).toEqual([]);
});
