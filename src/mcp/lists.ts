import type { Prompt, Resource, Tool as ListedTool } from '@modelcontextprotocol/server';
import { toolsOf } from './tools.js';

export const PLAN = 'callsheet://plan';
export const NOTES = 'callsheet://notes';
export const mimeType = 'text/plain';

const RESOURCES: Resource[] = [
  { uri: PLAN, name: 'plan', title: 'Plan', description: 'Goal, approach and tasks', mimeType },
  { uri: NOTES, name: 'notes', title: 'Notes', description: 'The notes that hold now', mimeType },
];

const PROMPTS: Prompt[] = [
  { name: 'lead', title: 'Lead', description: 'Lead the team: plan, hand out, decide' },
  { name: 'worker', title: 'Worker', description: 'Take tasks until there are none' },
];

/** What there is to ask for, by the request that asks for it. */
export interface Lists {
  'tools/list': { tools: ListedTool[] };
  'prompts/list': { prompts: Prompt[] };
  'resources/list': { resources: Resource[] };
}

export function listsFor(role: 'lead' | 'worker'): Lists {
  const tools = toolsOf(role).map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
  }));
  return {
    'tools/list': { tools },
    'prompts/list': { prompts: PROMPTS },
    'resources/list': { resources: RESOURCES },
  };
}
