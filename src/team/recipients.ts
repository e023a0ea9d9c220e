import type { Role } from '../agent/index.js';
import { holderOfTask, HUMANS, SUPERVISORS } from '../message/index.js';
import type { Reader } from '../store/index.js';
import { tasksHeldBy } from '../task/index.js';

/**
 * As whom messages reach an agent: by itself, as one of those who have its role, and as the holder of its tasks, to
 * which something was said while nobody held them.
 */
export async function recipientsOf(
  reader: Reader,
  { id, role }: { id: string; role: Role },
): Promise<string[]> {
  const held = await tasksHeldBy(reader, id);
  return [id, ...roleOf(role), ...held.map((task) => holderOfTask(task.id))];
}

function roleOf(role: Role): string[] {
  if (role === 'human') return [HUMANS];
  return role === 'supervisor' ? [SUPERVISORS] : [];
}
