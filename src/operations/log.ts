import { findEvents, lastSeq, type EventFilter } from '../event/index.js';
import { requireRun } from '../run/index.js';
import { defined, type Reader } from '../store/index.js';
import { requireTask } from '../task/index.js';
import { oneLine, plainText } from '../text/index.js';
import { eventDocument, type EventDocument } from './event-document.js';
import type { InputOf } from './fields.js';
import { namesOf, requireAgent } from './names.js';
import { defineOperation, EVERYBODY, type Context } from './operation.js';

/** Of the log's JSON; a change of its shape is a new number. */
const LOG_VERSION = 1;

const INPUT = {
  follow: { kind: 'flag', short: 'f', help: 'Go on with what happens from now' },
  since: { kind: 'integer', placeholder: 'SEQ', help: 'Only events after this one' },
  path: { kind: 'path', help: 'Only about this file, or files below this folder' },
  task: { kind: 'name', placeholder: 'ID', help: 'Only about this task' },
  agent: { kind: 'name', help: 'Only by this agent' },
  type: {
    kind: 'name',
    placeholder: 'TYPE',
    help: 'Only of this type: task.claimed, or task for all about tasks',
  },
  run: { kind: 'name', placeholder: 'RUN', help: 'Only of this run' },
  newest: { kind: 'integer', short: 'n', min: 1, max: 1_000_000, help: 'Only the newest N; default: all' },
} as const;

export const log = defineOperation({
  name: 'log',
  rights: EVERYBODY,
  help: 'Show what happened, event by event',
  examples: ['callsheet log -n 20', 'callsheet log --follow --json --type task'],
  input: INPUT,
  async run(context, input) {
    const filter = await filterOf(context, input);
    const events = await documentsOf(context.sheet.store, filter);
    if (!input.follow) return { version: LOG_VERSION, events };
    await follow(context, filter, events);
    return undefined;
  },
  show: (output) => (output?.events ?? []).map(showEvent).join('\n'),
});

async function filterOf({ sheet }: Context, input: InputOf<typeof INPUT>): Promise<EventFilter> {
  const { since, path, task, agent, type, run, newest } = input;
  if (task !== undefined) await requireTask(sheet.store, task);
  if (run !== undefined) await requireRun(sheet.store, run);
  const found = agent === undefined ? undefined : await requireAgent(sheet.store, agent);
  return defined({ since, path, taskId: task, agentId: found?.id, type, runId: run, newest });
}

/** Prints what there is, then what comes, woken by each commit, until it is interrupted. */
async function follow(context: Context, filter: EventFilter, first: readonly EventDocument[]): Promise<void> {
  const { store } = context.sheet;
  context.emit({ callsheet: 'log', version: LOG_VERSION });
  let last = filter.since ?? 0;
  const print = (events: readonly EventDocument[]): void => {
    for (const event of events) {
      context.emit(event, showEvent(event));
      last = event.seq;
    }
  };
  print(first);
  const { newest: _newest, ...rest } = filter;
  await atEachCommit(context, async () => {
    // What the filter kept back up to here is not gone through at every commit again.
    const newest = await lastSeq(store);
    print(await documentsOf(store, { ...rest, since: last }));
    last = Math.max(last, newest);
  });
}

/** Calls `look` now and after each commit, one call at a time, until the person interrupts. */
async function atEachCommit({ sheet, signal }: Context, look: () => Promise<void>): Promise<void> {
  let wake: () => void = () => undefined;
  let hasNews = true;
  const onNews = (): void => {
    hasNews = true;
    wake();
  };
  const stop = sheet.store.watch(onNews);
  signal.addEventListener('abort', onNews);
  try {
    while (!signal.aborted) {
      if (!hasNews) await new Promise<void>((resolve) => (wake = resolve));
      hasNews = false;
      if (!signal.aborted) await look();
    }
  } finally {
    signal.removeEventListener('abort', onNews);
    stop();
  }
}

async function documentsOf(reader: Reader, filter: EventFilter) {
  const events = await findEvents(reader, filter);
  const names = await namesOf(
    reader,
    events.map(({ agentId }) => agentId),
  );
  return events.map((event) => eventDocument(event, names));
}

function showEvent({ seq, at, type, task, agent, data }: EventDocument): string {
  const about = [task, agent].filter((each) => each !== undefined).join(' ');
  return oneLine(plainText(`${seq}  ${at}  ${type}  ${about}  ${JSON.stringify(data)}`), 240);
}
