import { BULK_WITHIN_MS, type Message, type Waiting } from '../message/index.js';
import type { Reader } from '../store/index.js';
import { quoted } from '../text/index.js';
import { senderOf, shownInOneLine } from './shown-message.js';

const MOST_LINES = 6;
const LONGEST_LINE = 100;

/** So many messages of one sender that they are told of together. */
export interface Digest {
  text: string;
  messageIds: string[];
}

/**
 * One digest for each sender of too much, of what no digest has told of yet. None within a minute of the last one
 * about the same sender: what comes meanwhile is in the next.
 */
export async function digestsOf(
  reader: Reader,
  waiting: readonly Waiting[],
  nowMs: number,
): Promise<Digest[]> {
  const bySender = new Map<string, Waiting[]>();
  for (const each of waiting.filter(({ isBulk }) => isBulk)) {
    const sender = each.message.from ?? '';
    bySender.set(sender, [...(bySender.get(sender) ?? []), each]);
  }
  const digests: Digest[] = [];
  for (const ofSender of bySender.values()) {
    if (ofSender.some(({ announcedAt }) => isLately(announcedAt, nowMs))) continue;
    const news = ofSender.filter(({ announcedAt }) => announcedAt === undefined);
    const [first, ...others] = news.map(({ message }) => message);
    if (first !== undefined) digests.push(await digestOf(reader, [first, ...others]));
  }
  return digests;
}

function isLately(at: number | undefined, nowMs: number): boolean {
  return at !== undefined && at <= nowMs && at > nowMs - BULK_WITHIN_MS;
}

async function digestOf(reader: Reader, messages: readonly [Message, ...Message[]]): Promise<Digest> {
  // What waits for an answer comes first: its sender cannot go on without.
  const inOrder = [...messages].sort(
    (one, other) =>
      Number(other.question === 'open') - Number(one.question === 'open') || one.seq - other.seq,
  );
  const lines: string[] = [];
  for (const message of inOrder.slice(0, MOST_LINES))
    lines.push(quoted(await shownInOneLine(reader, message, LONGEST_LINE)));
  const rest = messages.length - lines.length;
  const count = `${messages.length} more ${messages.length === 1 ? 'message' : 'messages'}`;
  const sender = await senderOf(reader, messages[0]);
  const text = [
    `${count} from ${sender}, too many within a minute to bring each. All of them: callsheet inbox`,
    ...lines,
    ...(rest === 0 ? [] : [`and ${rest} more`]),
  ].join('\n');
  return { text, messageIds: messages.map(({ id }) => id) };
}
