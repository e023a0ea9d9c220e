import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

import { assert } from '../error/index.js';
import { TIMEOUT_MS } from './bounds.js';
import { collect } from './collect.js';
import { failed, MAX_OUTPUT_BYTES, MAX_STDERR_BYTES, startError, startGit } from './run-git.js';

/** One process of git that answers many questions: starting one takes longer than most answers. */
export interface Conversation {
  /**
   * Asks a question, after those before it are answered.
   * @param end How the answer to it ends, and how nothing in the middle of it does.
   * @returns The answer without its end.
   * @throws {CallsheetError} `GIT_FAILED` when git ended before that: whether it has done what was asked is not known
   * then. The next question goes to another process.
   */
  ask(question: string, end: string): Promise<string>;
}

// Longer than what lies between the questions of one attempt's end or one landing.
const IDLE_MS = 2_000;

/** A process that was started for questions. */
interface Partner {
  child: ChildProcess;
  isGone: boolean;
  /** Whoever waits for an answer; nobody does between two questions. */
  listener?: { hear: (chunk: Buffer) => void; fail: (error: Error) => void };
}

/**
 * Prepares a conversation with a git that reads questions from its standard input until that is closed. It is started
 * with the first question, ends when none has come for a while, and with this process, however that ends. It keeps
 * no process alive that waits for nothing else.
 */
export function openConversation(cwd: string, args: readonly string[]): Conversation {
  let partner: Partner | undefined;
  let idle: NodeJS.Timeout | undefined;
  let before: Promise<unknown> = Promise.resolve();

  const hangUp = (): void => {
    partner?.child.stdin?.end();
    partner = undefined;
  };
  const answerTo = async (question: string, end: string): Promise<string> => {
    clearTimeout(idle);
    if (partner?.isGone !== false) partner = begin(cwd, args);
    try {
      const answer = await exchange(partner, question, Buffer.from(end));
      idle = setTimeout(hangUp, IDLE_MS).unref();
      return answer;
    } catch (error) {
      hangUp();
      throw error;
    }
  };
  return {
    ask(question, end) {
      const answer = before.then(() => answerTo(question, end));
      before = answer.catch(nothing);
      return answer;
    },
  };
}

function begin(cwd: string, args: readonly string[]): Partner {
  const child = startGit(cwd, args, { input: '' });
  const partner: Partner = { child, isGone: false };
  const stderr = collect(child.stderr, MAX_STDERR_BYTES, nothing);
  child.stdout?.on('data', (chunk: Buffer) => partner.listener?.hear(chunk));
  // It may end before it has read a question; how it ended says why.
  child.stdin?.on('error', nothing);
  child.once('error', (error) => {
    partner.isGone = true;
    partner.listener?.fail(startError(error, cwd));
  });
  child.once('close', (code, signal) => {
    partner.isGone = true;
    partner.listener?.fail(failed(cwd, args, { code, signal }, stderr.bytes().toString('utf8')));
  });
  return partner;
}

function exchange(partner: Partner, question: string, end: Buffer): Promise<string> {
  const { child } = partner;
  assert(partner.listener === undefined, 'one question at a time');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let tail = Buffer.alloc(0);
    const tooLong = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    const settle = (): void => {
      clearTimeout(tooLong);
      delete partner.listener;
      keepAlive(child, false);
    };
    partner.listener = {
      hear(chunk) {
        chunks.push(chunk);
        size += chunk.length;
        tail = Buffer.concat([tail, chunk.subarray(-end.length)]).subarray(-end.length);
        if (size > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
        if (!tail.equals(end)) return;
        settle();
        resolve(Buffer.concat(chunks, size - end.length).toString('utf8'));
      },
      fail(error) {
        settle();
        reject(error);
      },
    };
    keepAlive(child, true);
    child.stdin?.write(question);
  });
}

/** Whether this process waits for that one before it ends. */
function keepAlive(child: ChildProcess, isNeeded: boolean): void {
  const pipes = [child.stdin, child.stdout, child.stderr].filter((pipe) => pipe instanceof Socket);
  for (const handle of [child, ...pipes]) {
    if (isNeeded) handle.ref();
    else handle.unref();
  }
}

function nothing(): void {
  // Whoever asks is told how it ended.
}
