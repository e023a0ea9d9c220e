import { LEAD_TOOLS } from './lead-tools.js';
import type { Tool } from './tool.js';
import { WORKER_TOOLS } from './worker-tools.js';

/** The tools of a role. */
export function toolsOf(role: 'lead' | 'worker'): readonly Tool[] {
  return role === 'lead' ? [...LEAD_TOOLS, ...WORKER_TOOLS] : WORKER_TOOLS;
}
