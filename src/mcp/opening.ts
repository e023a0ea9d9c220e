import { writeAtOnce } from '../process/index.js';
import type { Introduction } from './introduction.js';
import { LineReader } from './line-reader.js';
import type { Lists } from './lists.js';

/** What a client has said that the SDK is to hear. */
export interface Opening {
  bytes: Buffer;
  /** The greeting in it, which has its answer. */
  greeted?: RequestId;
  /** What standard output would not take of an answer. */
  left?: Buffer;
}

type RequestId = string | number;
type Fields = Readonly<Record<string, unknown>>;

/** A request or notification in plain words. */
interface Message {
  method: string;
  id?: RequestId;
  params: Fields;
}

/** Versions of the protocol in which a server introduces itself, and lists what it has, in the same words. */
const VERSIONS: unknown[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/**
 * Answers what clients ask at their start, as long as they ask plainly, without the SDK: loading that takes longer than
 * Node and all the rest, and many a session never asks for more. What is not plain is left to the SDK, with all that
 * comes after it; it hears the greeting as well.
 * @returns Undefined when the client has gone.
 */
export function answerOpening(introduction: Introduction, lists: Partial<Lists>): Opening | undefined {
  const lines = new LineReader(0);
  const heard: Buffer[] = [];
  let greeted: RequestId | undefined;
  const opening = (...unanswered: Buffer[]): Opening => ({
    bytes: Buffer.concat([...heard, ...unanswered, lines.rest()]),
    ...(greeted === undefined ? {} : { greeted }),
  });
  for (let line = lines.next(); line !== 'end'; line = lines.next()) {
    const message = line === undefined ? undefined : messageIn(line);
    if (line === undefined || message === undefined) return opening(...(line === undefined ? [] : [line]));
    const { id, method } = message;
    const result = greeted === undefined ? greetingTo(message, introduction) : answerTo(message, lists);
    if (result === undefined) return opening(line);
    if (id === undefined || method === 'initialize') heard.push(line);
    if (method === 'initialize') greeted = id;
    if (id === undefined) continue;
    const left = writeAtOnce(1, `${JSON.stringify({ result, jsonrpc: '2.0', id })}\n`);
    if (left === 'gone') return undefined;
    if (left.length > 0) return { ...opening(), left };
  }
  return undefined;
}

function greetingTo(
  { method, id, params }: Message,
  { capabilities, serverInfo, instructions }: Introduction,
): object | undefined {
  const { protocolVersion, capabilities: own, clientInfo, ...others } = params;
  const isPlain =
    method === 'initialize' &&
    id !== undefined &&
    VERSIONS.includes(protocolVersion) &&
    isObject(own) &&
    isObject(clientInfo) &&
    typeof clientInfo['name'] === 'string' &&
    typeof clientInfo['version'] === 'string' &&
    isEmpty(others);
  return isPlain ? { protocolVersion, capabilities, serverInfo, instructions } : undefined;
}

function answerTo({ method, id, params }: Message, lists: Partial<Lists>): object | undefined {
  if (!isEmpty(params)) return undefined;
  if (id === undefined) return method === 'notifications/initialized' ? {} : undefined;
  if (method === 'ping') return {};
  return Object.hasOwn(lists, method) ? lists[method as keyof Lists] : undefined;
}

function messageIn(line: Buffer): Message | undefined {
  const message = parsed(line.toString('utf8'));
  if (!isObject(message)) return undefined;
  const { jsonrpc, id, method, params = {}, ...others } = message;
  const isNamed = id === undefined || typeof id === 'string' || Number.isSafeInteger(id);
  if (jsonrpc !== '2.0' || typeof method !== 'string' || !isNamed) return undefined;
  if (!isObject(params) || !isEmpty(others)) return undefined;
  return { method, params, ...(id === undefined ? {} : { id: id as RequestId }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
