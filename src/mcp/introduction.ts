/** What a client is told when it connects. */
export interface Introduction {
  serverInfo: { name: string; version: string };
  /** What there is to ask for. */
  capabilities: Partial<Record<'tools' | 'prompts' | 'resources', object>>;
  instructions: string;
}

// Every session pays for it, also one that works alone.
const INSTRUCTIONS = {
  lead: 'Callsheet coordinates agents in one repository. You lead: the prompt "lead" says how.',
  worker:
    'Callsheet coordinates agents in one repository: tasks, locks, notes, messages. The prompt "worker" says how to take tasks.',
};

export function introductionFor(role: 'lead' | 'worker', version: string): Introduction {
  return {
    serverInfo: { name: 'callsheet', version },
    capabilities: { tools: {}, prompts: {}, resources: {} },
    instructions: INSTRUCTIONS[role],
  };
}

/** For a folder without a repository: nothing is offered there. */
export function emptyIntroduction(folder: string, version: string): Introduction {
  return {
    serverInfo: { name: 'callsheet', version },
    capabilities: {},
    instructions: `callsheet has nothing to offer here: ${folder} is in no git repository.`,
  };
}
