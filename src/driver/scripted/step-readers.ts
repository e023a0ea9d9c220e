import { constants } from 'node:os';
import type { Action, StepName } from './action.js';
import { ScriptMistake, durationMs, fields, flag, text, texts } from './fields.js';

type Reader = (value: unknown) => Action;

/** How the value of each step is read; what is not here is no step. */
export const STEP_READERS: Record<StepName, Reader> = {
  read: (value) => ({ step: 'read', paths: texts(value, 'read') }),
  edit: readEdit,
  write: (value) => {
    const entry = fields(value, ['file', 'text']);
    return { step: 'write', file: text(entry['file'], 'file'), text: text(entry['text'], 'text') };
  },
  delete: (value) => ({ step: 'delete', path: text(value, 'delete') }),
  run: readRun,
  note: readNote,
  message: (value) => {
    const { type, to, body } = fields(value, ['type', 'to', 'body']);
    return { step: 'message', type: text(type, 'type'), to: text(to, 'to'), body: text(body, 'body') };
  },
  progress: (value) => ({ step: 'progress', text: text(value, 'progress') }),
  checkpoint: (value) => {
    const { done, next, questions } = fields(value, ['done', 'next'], ['questions']);
    return {
      step: 'checkpoint',
      done: text(done, 'done'),
      next: text(next, 'next'),
      questions: questions === undefined ? [] : texts(questions, 'questions'),
    };
  },
  wait: readWait,
  ask: (value) => {
    if (typeof value === 'string') return { step: 'ask', question: text(value, 'ask'), waitForAnswer: false };
    const { question, waitForAnswer } = fields(value, ['question'], ['waitForAnswer']);
    return {
      step: 'ask',
      question: text(question, 'question'),
      waitForAnswer: flag(waitForAnswer, 'waitForAnswer'),
    };
  },
  complete: (value) => {
    if (typeof value === 'string') return { step: 'complete', result: { summary: text(value, 'complete') } };
    const result = fields(value, ['summary'], 'any');
    return { step: 'complete', result: { ...result, summary: text(result['summary'], 'summary') } };
  },
  fail: (value) => ({ step: 'fail', reason: text(value, 'fail') }),
  crash: readCrash,
  hang: (value) => {
    if (value !== true) throw new ScriptMistake('needs the value true');
    return { step: 'hang' };
  },
  lie: (value) => ({ step: 'lie', text: text(value, 'lie') }),
  silent: (value) => ({ step: 'silent', ms: durationMs(value) }),
  commit: (value) => ({ step: 'commit', message: text(value, 'commit') }),
};

function readEdit(value: unknown): Action {
  const { file, find, replace } = fields(value, ['file', 'find', 'replace']);
  if (find === '') throw new ScriptMistake('needs a find that is not empty');
  return {
    step: 'edit',
    file: text(file, 'file'),
    find: text(find, 'find'),
    replace: text(replace, 'replace'),
  };
}

function readRun(value: unknown): Action {
  if (typeof value === 'string') return { step: 'run', command: text(value, 'run'), mayFail: false };
  const { command, mayFail } = fields(value, ['command'], ['mayFail']);
  return { step: 'run', command: text(command, 'command'), mayFail: flag(mayFail, 'mayFail') };
}

function readNote(value: unknown): Action {
  const { kind, text: words, ...others } = fields(value, ['kind', 'text'], 'any');
  const options = Object.entries(others).flatMap(([name, given]) => {
    if (!/^[a-z][a-z-]*$/.test(name)) throw new ScriptMistake(`has a key ${name} that is no option`);
    return texts(given, name).flatMap((one) => [`--${name}`, one]);
  });
  return { step: 'note', kind: text(kind, 'kind'), text: text(words, 'text'), options };
}

function readWait(value: unknown): Action {
  if (typeof value !== 'object' || value === null) return { step: 'wait', for: { ms: durationMs(value) } };
  if ('forFile' in value) {
    return { step: 'wait', for: { file: text(fields(value, ['forFile'])['forFile'], 'forFile') } };
  }
  const { forTask, state } = fields(value, ['forTask', 'state']);
  return { step: 'wait', for: { task: text(forTask, 'forTask'), state: text(state, 'state') } };
}

function readCrash(value: unknown): Action {
  if (value === true) return { step: 'crash', how: 'SIGKILL' };
  if (typeof value === 'string' && isSignal(value)) return { step: 'crash', how: value };
  if (Number.isInteger(value) && Number(value) > 0 && Number(value) < 256)
    return { step: 'crash', how: Number(value) };
  throw new ScriptMistake('needs true, the name of a signal, or an exit code from 1 to 255');
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}
