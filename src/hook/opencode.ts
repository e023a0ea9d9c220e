import { isAbsolute, join } from 'node:path';
import { defined } from '../store/index.js';
import type { HookInput } from './input.js';

/** What our plugin for opencode says, in the words of Claude Code: it has its events already, but not its tools. */
export function fromOpencode(input: HookInput): HookInput {
  // It runs the calls of a step beside each other.
  const call = { is_one_of_many: true };
  const given = input.object('tool_input');
  const path = given.text('filePath');
  switch (input.text('tool_name')) {
    case 'read': {
      const lines = { offset: given.number('offset'), limit: given.number('limit') };
      return input.with({ ...call, tool_name: 'Read', tool_input: defined({ file_path: path, ...lines }) });
    }
    case 'write':
      return input.with({ ...call, tool_name: 'Write', tool_input: given.with({ file_path: path }).value });
    case 'edit':
      return input.with({ ...call, tool_name: 'Edit', tool_input: editInput(given) });
    case 'apply_patch':
      return input.with({ ...call, tool_input: { command: given.text('patchText') } });
    case 'bash':
      return input.with({ ...call, tool_name: 'Bash', cwd: folderOf(input, given) });
    default:
      return input.with(call);
  }
}

function editInput(given: HookInput): Record<string, unknown> {
  return {
    ...{ file_path: given.text('filePath'), replace_all: given.flag('replaceAll') },
    ...{ old_string: given.text('oldString'), new_string: given.text('newString') },
  };
}

function folderOf(input: HookInput, given: HookInput): string {
  const [cwd, folder] = [input.text('cwd') ?? '/', given.text('workdir') ?? ''];
  return isAbsolute(folder) ? folder : join(cwd, folder);
}
