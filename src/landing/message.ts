import { oneLine, plainText } from '../text/index.js';
import { nameOf, type Landing } from './landing.js';

export const TRAILERS = {
  run: 'Callsheet-Run',
  landing: 'Callsheet-Landing',
  branch: 'Callsheet-Branch',
  task: 'Callsheet-Task',
  attempt: 'Callsheet-Attempt',
} as const;

/** The message of a landing commit. Its trailers are the proof of landing that survives a lost sheet. */
export function landingMessage(runId: string, landing: Landing, title: string | undefined): string {
  const { id, taskId, attempt, session } = landing;
  const name = oneLine(plainText(nameOf(landing)), 100);
  const trailers: [string, string | number | undefined][] =
    session === undefined
      ? [[TRAILERS.run, runId]]
      : [
          [TRAILERS.landing, id],
          [TRAILERS.branch, session.branch],
        ];
  trailers.push([TRAILERS.task, taskId], [TRAILERS.attempt, attempt]);
  return [
    title === undefined ? `Land ${name}` : `Land ${name}: ${oneLine(plainText(title), 60)}`,
    '',
    ...trailers.flatMap(([trailer, value]) => (value === undefined ? [] : [`${trailer}: ${value}`])),
    '',
  ].join('\n');
}
