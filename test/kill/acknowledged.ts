import type { Place } from './given-place.js';

const EVENT_OF: Record<string, string> = {
  progress: 'task.progress',
  checkpoint: 'checkpoint.saved',
  complete: 'task.completed',
};

/** The commands of agents that ended well and whose event the sheet does not have: the number of each, and what it was. */
export function missingAcknowledged(place: Place): Map<number, string> {
  const known = place.look((sheet) =>
    sheet
      .prepare('select type, task_id, attempt from event')
      .all()
      .map((each) => `${each['type']} ${each['task_id']} ${each['attempt']}`),
  );
  const numbered = place.lines('acknowledged').map((line, index) => [index, line] as const);
  return new Map(
    numbered.filter(([, line]) => {
      const [said = '', task, attempt] = line.split(' ');
      return !known.includes(`${EVENT_OF[said]} ${task} ${attempt}`);
    }),
  );
}

/** The number of the sheet's last event. */
export function lastEvent(place: Place): number {
  return place.look((sheet) =>
    Number(sheet.prepare('select max(seq) as last from event').get()?.['last'] ?? 0),
  );
}
