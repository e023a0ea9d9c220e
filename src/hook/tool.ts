import {
  beforeRead,
  beforeShell,
  beforeWrite,
  NOTHING,
  type Answer,
  type Guard,
  type Step,
  type WriteIntent,
} from '../guard/index.js';
import { defined } from '../store/index.js';
import type { HookInput } from './input.js';
import { patchedFiles, patchInCommand } from './patch.js';
import { WRITING_TOOLS } from './tool-names.js';

/** A tool call that is about to be made, in the words of the clients. */
export async function beforeTool(
  guard: Guard,
  step: Step,
  { tool, input, callId }: { tool: string; input: HookInput; callId: string },
): Promise<Answer> {
  if (tool === 'Read') {
    const path = input.text('file_path');
    if (path !== undefined)
      await beforeRead(
        guard,
        step,
        defined({ callId, path, offset: input.number('offset'), limit: input.number('limit') }),
      );
    return NOTHING;
  }
  if (tool === 'Bash') {
    return beforeCommand(guard, step, callId, input.text('command') ?? '');
  }
  if (tool === 'apply_patch') return beforePatch(guard, step, callId, input.text('command') ?? '');
  const intent = WRITING_TOOLS.has(tool) ? intentOf(tool, input, callId) : undefined;
  return intent === undefined ? NOTHING : beforeWrite(guard, step, intent);
}

/** Codex carries out a patch in a command without asking for it as a patch. */
async function beforeCommand(guard: Guard, step: Step, callId: string, command: string): Promise<Answer> {
  const patch = patchInCommand(command);
  const ofPatch = patch === undefined ? NOTHING : await beforePatch(guard, step, callId, patch);
  if (ofPatch.refused) return ofPatch;
  const ofCommand = await beforeShell(guard, step, { callId, command });
  return ofCommand.refused ? ofCommand : { ...ofCommand, ...ofPatch };
}

function intentOf(tool: string, input: HookInput, callId: string): WriteIntent | undefined {
  const path = input.text('file_path') ?? input.text('notebook_path');
  if (path === undefined) return undefined;
  switch (tool) {
    case 'Write':
      return { callId, path, kind: 'whole', content: Buffer.from(input.text('content') ?? '') };
    case 'Edit':
      return {
        callId,
        path,
        kind: input.flag('replace_all') ? 'everywhere' : 'edit',
        edits: [editIn(input)],
      };
    case 'MultiEdit': {
      const edits = input.list('edits');
      const isEverywhere = edits.some((edit) => edit.flag('replace_all'));
      return { callId, path, kind: isEverywhere ? 'everywhere' : 'edit', edits: edits.map(editIn) };
    }
    default:
      return { callId, path, kind: 'cell' };
  }
}

function editIn(input: HookInput): { old: string; new: string } {
  return { old: input.text('old_string') ?? '', new: input.text('new_string') ?? '' };
}

/** A patch is let through as a whole or not at all; what goes along is that of all its files. */
async function beforePatch(guard: Guard, step: Step, callId: string, patch: string): Promise<Answer> {
  const told: string[] = [];
  for (const [index, file] of patchedFiles(patch).entries()) {
    const answer = await beforeWrite(guard, step, { ...file, callId: `${callId}#${index}` });
    if (answer.refused) return answer;
    if (answer.tell !== undefined) told.push(answer.tell);
  }
  return told.length === 0 ? NOTHING : { refused: false, tell: told.join('\n\n') };
}
