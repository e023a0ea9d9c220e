import type { AnyOperation } from '../operation.js';
import { answer } from './answer.js';
import { inbox } from './inbox.js';
import { send } from './send.js';

export const MESSAGE_OPERATIONS: readonly AnyOperation[] = [send, inbox, answer];
