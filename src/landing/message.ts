import { oneLine, plainText } from '../text/index.js';
import type { Claim } from '../task/index.js';

export const TRAILERS = {
  run: 'Callsheet-Run',
  task: 'Callsheet-Task',
  attempt: 'Callsheet-Attempt',
} as const;

/** The message of a landing commit. Its trailers are the proof of landing that survives a lost sheet. */
export function landingMessage(runId: string, claim: Claim, title: string): string {
  const subject = oneLine(plainText(title), 60);
  return [
    `Land ${claim.taskId}: ${subject}`,
    '',
    `${TRAILERS.run}: ${runId}`,
    `${TRAILERS.task}: ${claim.taskId}`,
    `${TRAILERS.attempt}: ${claim.attempt}`,
    '',
  ].join('\n');
}
