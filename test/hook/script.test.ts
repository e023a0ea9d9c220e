import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hookScript } from '../../src/hook/index.js';
import { readServerFile, serverFile, writeServerFile } from '../../src/server/server-file.js';
import { identityOf } from '../../src/process/index.js';
import { givenHook, givenServer, pathOf, run, words } from './given-hook.js';

const LEAN = { code: 0, stdout: 'lean', stderr: '' };
const SILENT = { code: 0, stdout: '', stderr: '' };
const edit = (more: object = {}) =>
  words('PreToolUse', { tool_name: 'Edit', tool_input: { file_path: '/x', ...more }, tool_use_id: 't' });

describe('without a server', () => {
  test('a registered session is answered by the lean entry, which hears who asks and where', async () => {
    const hook = await givenHook();
    hook.register('one');
    expect(await hook.run(edit())).toEqual(LEAN);
    const length = JSON.stringify(edit()).length;
    expect(hook.asked()).toEqual([['claude', String(process.pid), hook.sheetFolder, length]]);
  });

  test('a session that was never registered is let through, but for its start', async () => {
    const hook = await givenHook();
    expect(await hook.run(edit())).toEqual(SILENT);
    expect(await hook.run(words('SessionStart'))).toEqual(LEAN);
    expect(hook.asked()).toHaveLength(1);
  });

  test.each([
    ['../../x'],
    ['../sheet.db'],
    ['sessions/../one'],
    ['$(touch canary)'],
    ['`touch canary`'],
    ['one two'],
    ['one\\'],
    ['*'],
    ['\u001b[2Jone'],
    ['ö'],
    [''],
    ['x'.repeat(300)],
  ])('the session id %j is nobody', async (session) => {
    const hook = await givenHook();
    hook.register('one');
    expect(await hook.run(words('PreToolUse', { tool_name: 'Edit' }, session))).toEqual(SILENT);
    expect(hook.asked()).toEqual([]);
  });

  test.each([
    ['in what is written', edit({ content: '","session_id":"one","hook_event_name":"SessionStart' })],
    ['as keys of the input', edit({ session_id: 'one', hook_event_name: 'SessionStart' })],
    ['in the name of the folder', { ...edit(), cwd: '/"session_id":"one","hook_event_name":"SessionStart"' }],
  ])('a look-alike %s makes nobody registered', async (_, body) => {
    const hook = await givenHook();
    hook.register('one');
    expect(await hook.run({ ...body, session_id: 'two' })).toEqual(SILENT);
  });

  test('a look-alike does not change which tool it is', async () => {
    const hook = await givenHook();
    hook.register('one');
    const read = words('PreToolUse', { tool_name: 'Read', tool_input: { tool_name: 'Write' } });
    const env = { LEAN_EXIT: '1' };
    expect(await hook.run(read, env)).toMatchObject({ code: 0 });
    expect(await hook.run(edit({ tool_name: 'Read' }), env)).toMatchObject({ code: 2 });
  });

  test.each([['one\n'], ['{'], ['[]'], ['null'], ['{"session_id": 1}'], ['\u0001\u001b[2J'], ['']])(
    'the words %j are left to the entry, which can parse them',
    async (body) => {
      const hook = await givenHook();
      expect(await hook.run(body)).toEqual(LEAN);
      expect(hook.asked()).toEqual([['claude', String(process.pid), hook.sheetFolder, body.length]]);
    },
  );

  test.each([[65_535], [65_536], [65_537], [1_000_000], [3_000_000]])(
    'words of %i characters reach the entry whole',
    async (length) => {
      const hook = await givenHook();
      hook.register('one');
      const empty = JSON.stringify(edit({ content: '' })).length;
      const body = JSON.stringify(edit({ content: 'x'.repeat(length - empty) }));
      expect(await hook.run(body)).toEqual(LEAN);
      expect(hook.asked()).toMatchObject([[expect.anything(), expect.anything(), expect.anything(), length]]);
    },
  );

  test('keys with a space behind their colon are read too', async () => {
    const hook = await givenHook();
    expect(await hook.run(JSON.stringify(edit(), null, 1))).toEqual(SILENT);
  });

  describe('when the entry fails', () => {
    test.each([
      ...[['Edit'], ['Write'], ['MultiEdit'], ['NotebookEdit'], ['apply_patch']],
      ...[
        ['replace', 'BeforeTool'],
        ['write_file', 'BeforeTool'],
        ['write', 'PreToolUse'],
        ['edit', 'PreToolUse'],
      ],
    ])('%s is not let through', async (tool, event = 'PreToolUse') => {
      const hook = await givenHook();
      hook.register('one');
      const body = words(event, { tool_name: tool, tool_input: {} });
      const ended = await hook.run(body, { LEAN_EXIT: '7' });
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain('callsheet: not written, because the guard could not answer');
    });

    test.each([
      ['a read', words('PreToolUse', { tool_name: 'Read' })],
      ['a command', words('PreToolUse', { tool_name: 'Bash' })],
      ['a command of Gemini CLI', words('BeforeTool', { tool_name: 'run_shell_command' })],
      ['what Gemini CLI has written', words('AfterTool', { tool_name: 'write_file' })],
      ['a command of opencode', words('PreToolUse', { tool_name: 'bash' })],
      ['the end of a step', words('PostToolBatch', { tool_calls: [{ tool_name: 'Edit' }] })],
      ['a write that was', words('PostToolUse', { tool_name: 'Edit' })],
      ['a prompt', words('UserPromptSubmit', { prompt: '"tool_name":"Edit"' })],
      ['the end of a turn', words('Stop')],
    ])('%s is', async (_, body) => {
      const hook = await givenHook();
      hook.register('one');
      expect(await hook.run(body, { LEAN_EXIT: '1' })).toMatchObject({ code: 0, stderr: '' });
    });

    test('a refusal of its own stays one', async () => {
      const hook = await givenHook();
      hook.register('one');
      expect(await hook.run(words('Stop'), { LEAN_EXIT: '2' })).toEqual({ ...LEAN, code: 2 });
    });
  });

  test('a bash by another name is one', async () => {
    const hook = await givenHook();
    hook.register('one');
    const bin = pathOf(hook.folder, 'sh', 'cat', 'bash');
    renameSync(join(bin, 'bash'), join(bin, 'bash-5'));
    writeFileSync(join(bin, 'bash'), `#!/bin/sh\nexec bash-5 "$@"\n`);
    chmodSync(join(bin, 'bash'), 0o755);
    expect(await hook.run(edit(), { PATH: bin })).toEqual(LEAN);
  });

  test.each([[['bash']], [['bash', 'fail-open']]])(
    'told %j by what is not bash, it finds one by itself',
    async (more) => {
      const hook = await givenHook();
      hook.register('one');
      writeFileSync(serverFile(hook.sheetFolder), `1\na\nb\n${process.pid}\n`);
      expect(await hook.run(edit(), {}, 'claude', ...more)).toEqual(LEAN);
      const withoutBash = { PATH: pathOf(hook.folder, 'sh', 'cat') };
      expect(await hook.run(edit(), withoutBash, 'claude', ...more)).toEqual(LEAN);
    },
  );

  test('what may fail open goes to the entry as it comes', async () => {
    const hook = await givenHook();
    const env = { PATH: pathOf(hook.folder, 'sh'), LEAN_EXIT: '7' };
    const body = JSON.stringify(words('PostToolBatch', { more: 'x'.repeat(100_000) }));
    expect(await hook.run(body, env, 'claude', 'fail-open')).toEqual({ ...LEAN, code: 7 });
    const asked = ['claude', String(process.pid), hook.sheetFolder, 'fail-open', body.length];
    expect(hook.asked()).toEqual([asked]);
  });

  test('where callsheet or Node has gone nobody is locked out', async () => {
    const hook = await givenHook();
    hook.register('one');
    writeFileSync(hook.script, hookScript({ node: '/nowhere/node', entry: hook.entry }));
    expect(await hook.run(edit(), { PATH: pathOf(hook.folder, 'sh', 'cat', 'bash') })).toEqual(SILENT);
    expect(await hook.run(edit())).toEqual(LEAN);
    rmSync(hook.entry);
    expect(await hook.run(edit())).toEqual(SILENT);
  });

  test('what the surroundings would have a shell run is not run', async () => {
    const hook = await givenHook();
    const canary = join(hook.folder, 'canary');
    const env = { BASH_ENV: canary, ENV: canary, 'BASH_FUNC_read%%': `() { exit 9; }`, SHELLOPTS: 'xtrace' };
    writeFileSync(canary, 'exit 9\n');
    hook.register('one');
    expect(await hook.run(edit(), env)).toEqual(LEAN);
  });
});

describe('without bash', () => {
  test('the lean entry answers', async () => {
    const hook = await givenHook();
    hook.register('one');
    const env = { PATH: pathOf(hook.folder, 'sh', 'cat') };
    expect(await hook.run(edit(), env)).toEqual(LEAN);
    expect(await hook.run({ ...edit(), session_id: 'two' }, env)).toEqual(SILENT);
    expect(await hook.run(edit(), { ...env, LEAN_EXIT: '1' })).toMatchObject({ code: 2 });
    expect(hook.asked()).toHaveLength(2);
  });

  test('the server is asked with curl', async () => {
    const hook = await givenHook();
    await givenServer(hook.sheet);
    const env = { PATH: pathOf(hook.folder, 'sh', 'cat', 'curl') };
    const started = await hook.run(words('SessionStart'), env);
    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(started.stdout).toContain('callsheet: you are');
    expect(await hook.run(edit({ content: 'x'.repeat(1_200_000) }), env)).toEqual(SILENT);
    expect(hook.asked()).toEqual([]);
  });
});

describe('what waits beside a session', () => {
  const stop = words('Stop');
  const wait = (hook: Awaited<ReturnType<typeof givenHook>>, env: NodeJS.ProcessEnv = {}) =>
    hook.run(stop, env, 'claude', 'wait');

  test('is the entry, for one of a team, and never the server', async () => {
    const hook = await givenHook();
    await givenServer(hook.sheet);
    hook.register('one');
    hook.beOfTeam('one');
    expect(await wait(hook, { LEAN_EXIT: '2' })).toEqual({ ...LEAN, code: 2 });
    const env = { PATH: pathOf(hook.folder, 'sh', 'cat') };
    expect(await wait(hook, env)).toEqual(LEAN);
    const asked = ['claude', String(process.pid), hook.sheetFolder, 'wait', JSON.stringify(stop).length];
    expect(hook.asked()).toEqual([asked, asked]);
  });

  test('is nothing for others, and none that a client would wait for before it can end', async () => {
    const hook = await givenHook();
    hook.register('one');
    expect(await wait(hook)).toEqual(SILENT);
    hook.beOfTeam('one');
    expect(await wait(hook, { CLAUDE_CODE_ENTRYPOINT: 'sdk-cli' })).toEqual(SILENT);
    hook.beOfTeam('two');
    expect(await hook.run({ ...stop, session_id: 'two' }, {}, 'claude', 'wait')).toEqual(SILENT);
    expect(hook.asked()).toEqual([]);
  });
});

describe('with a server', () => {
  test('it answers instead of the entry, as the client is told', async () => {
    const hook = await givenHook();
    await givenServer(hook.sheet);
    const started = await hook.run(words('SessionStart'));
    expect(started.stdout).toContain('callsheet: you are');
    const file_path = join(hook.root, 'a.txt');
    const write = { tool_name: 'Write', tool_input: { file_path, content: 'ü\n' }, tool_use_id: 't' };
    const refused = await hook.run(words('PreToolUse', write));
    expect(refused).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(refused.stdout)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
    expect(hook.asked()).toEqual([]);
  });

  test.each([[1_000_000], [1_499_000]])('words of %i characters reach it whole', async (length) => {
    const hook = await givenHook();
    await givenServer(hook.sheet);
    await hook.run(words('SessionStart'));
    expect(await hook.run(edit({ content: 'ä'.repeat(length / 2) }))).toEqual(SILENT);
    expect(hook.asked()).toEqual([]);
  });

  test('it answers what may fail open, and the entry where it has died', async () => {
    const hook = await givenHook();
    hook.register('one');
    const { file } = await givenServer(hook.sheet);
    const end = () => hook.run(words('PostToolBatch', { tool_calls: [] }), {}, 'claude', 'fail-open');
    expect(await end()).toEqual(SILENT);
    expect(hook.asked()).toEqual([]);
    writeServerFile(hook.sheetFolder, { ...file, port: 1 });
    expect(await end()).toEqual(LEAN);
  });

  test('where it has died the entry answers', async () => {
    const hook = await givenHook();
    const server = await givenServer(hook.sheet);
    hook.register('one');
    await server.end();
    writeServerFile(hook.sheetFolder, server.file);
    expect(await hook.run(edit())).toEqual(LEAN);
  });

  test('with another secret it says nothing, and the entry answers', async () => {
    const hook = await givenHook();
    const server = await givenServer(hook.sheet);
    hook.register('one');
    writeServerFile(hook.sheetFolder, { ...server.file, secret: 'ab' });
    expect(await hook.run(edit())).toEqual(LEAN);
  });

  test.each([[''], ['\n\n\n\n'], ['x\ny\nz\n1\n'], ['80; exit 9\nab\nab\n1\n'], ['80\nab\r\nX: y\nab\n1\n']])(
    'the entry answers when the file of the server says %j',
    async (text) => {
      const hook = await givenHook();
      hook.register('one');
      writeFileSync(serverFile(hook.sheetFolder), text);
      expect(await hook.run(edit())).toEqual(LEAN);
    },
  );
});

describe('with somebody else on the port', () => {
  const PROOF = 'abcd';
  const whole = (head: string, text = 'no opinion') =>
    `HTTP/1.1 ${head}\r\nX-Callsheet-Exit: 0\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  const proven = `200 OK\r\nX-Callsheet-Proof: ${PROOF}`;

  /** A request arrives in as many pieces as it likes. */
  function isWhole(request: Buffer): boolean {
    const [head = ''] = request.toString('latin1').split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    return request.length >= head.length + 4 + length;
  }

  async function givenStranger(answer: (socket: Socket) => void, heardEnough = isWhole) {
    const hook = await givenHook();
    hook.register('one');
    const heard: string[] = [];
    const stranger = createServer((socket) => {
      socket.on('error', () => undefined);
      let request = Buffer.alloc(0);
      socket.on('data', function hear(chunk: Buffer) {
        request = Buffer.concat([request, chunk]);
        if (!heardEnough(request)) return;
        socket.off('data', hear);
        heard.push(request.toString());
        answer(socket);
      });
    });
    onTestFinished(() => void stranger.close());
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { port } = stranger.address() as { port: number };
    const self = identityOf(process.pid)!;
    writeServerFile(hook.sheetFolder, { port, secret: 'ab', proof: PROOF, process: self, version: '1' });
    return { hook, heard };
  }

  test.each([
    ['does not know what only the server knows', whole('200 OK')],
    ['guesses it', whole('200 OK\r\nX-Callsheet-Proof: abc')],
    ['says it in the text only', whole('200 OK', `\r\nX-Callsheet-Proof: ${PROOF}\r\n`)],
    ['answers with an error', whole(proven.replace('200', '500'))],
    ['answers with less than was said', whole(proven).slice(0, -1)],
    ['answers with more than was said', `${whole(proven)}!`],
    ['answers with half a head', whole(proven).slice(0, 40)],
    ['says no exit code', whole(proven).replace('Exit: 0', 'Exit: 00')],
    ['says an exit code of its own', whole(proven).replace('Exit: 0', 'Exit: 1')],
    ['speaks no HTTP', '\u0000\u0001\r\n\r\n'],
    ['says nothing', ''],
  ])('who %s is not believed', async (_, text) => {
    const { hook } = await givenStranger((socket) => socket.end(text));
    expect(await hook.run(edit())).toEqual(LEAN);
  });

  test('the request is what the server wants, and an answer is printed where it belongs', async () => {
    const { hook, heard } = await givenStranger((socket) => socket.end(whole(proven, 'ünïcode')));
    expect(await hook.run(edit({ old_string: 'ö' }))).toEqual({ code: 0, stdout: 'ünïcode', stderr: '' });
    const [head = '', text] = heard.join('').split('\r\n\r\n');
    expect(text).toBe(JSON.stringify(edit({ old_string: 'ö' })));
    expect(head.split('\r\n')).toEqual(
      expect.arrayContaining([
        'POST /hook/claude HTTP/1.1',
        'Authorization: Bearer ab',
        `X-Callsheet-Client-Pid: ${process.pid}`,
        `Content-Length: ${Buffer.byteLength(text ?? '')}`,
      ]),
    );
  });

  test('a refusal by exit code is said on standard error', async () => {
    const answer = whole(proven, 'not now').replace('Exit: 0', 'Exit: 2');
    const { hook } = await givenStranger((socket) => socket.end(answer));
    expect(await hook.run(edit())).toEqual({ code: 2, stdout: '', stderr: 'not now' });
  });

  test('who hangs up at once does not end the script', async () => {
    const { hook } = await givenStranger(
      (socket) => socket.destroy(),
      () => true,
    );
    expect(await hook.run(edit({ content: 'x'.repeat(1_400_000) }))).toEqual(LEAN);
  });

  test('who never answers is waited for no longer than 5 s', async () => {
    const { hook } = await givenStranger(() => undefined);
    expect(await hook.run(edit({ content: 'x'.repeat(1_400_000) }))).toEqual(LEAN);
  });

  test('who has the port of a server whose process has gone is not asked', async () => {
    const { hook, heard } = await givenStranger((socket) => socket.end(whole(proven)));
    const gone = await run(process.execPath, ['-e', 'console.log(process.pid)'], '', hook.root);
    const file = readServerFile(hook.sheetFolder)!;
    const process_ = { pid: Number(gone.stdout), startedAt: 'then' };
    writeServerFile(hook.sheetFolder, { ...file, process: process_ });
    expect(await hook.run(edit())).toEqual(LEAN);
    expect(heard).toEqual([]);
  });
});
