import { tableOf } from '../../text/index.js';
import type { ChangeKind } from './change.js';
import type { clientDocument, Known } from './clients.js';
import type { Plan } from './plan.js';

export interface InitAnswer {
  /** `preview` is the diff for people to read: what is the same for each event is said once. */
  files: { path: string; change: ChangeKind; diff: string; preview: string }[];
  /** What becomes of git's pre-commit hook, one line each. */
  gitHook: string[];
  clients: ReturnType<typeof clientDocument>[];
  notes: string[];
  next: string[];
  /** Nothing of it was done. */
  dryRun: boolean;
}

/** What to do after it. */
export function nextSteps(chosen: readonly Known[], { changes }: Plan, isRemoved: boolean): string[] {
  if (isRemoved) return ['Sessions that run go on without the guard. Set it up again: callsheet init'];
  if (changes.length === 0) return ['Say which client you use: callsheet init --claude'];
  if (chosen.length === 0)
    return [
      'Start Claude Desktop again: it leads in this repository, by tools.',
      'Turn it off: callsheet init --remove --claude-desktop',
    ];
  const programs = chosen.map(({ client }) => client.program);
  return [
    `Start ${programs.join(' or ')} in two terminals in this checkout; each session is registered by itself. Those that run already: start them again.`,
    ...(programs.includes('codex') ? ['In Codex, trust the hooks first: /hooks'] : []),
    'See who works on what: callsheet status',
    'Turn it off: callsheet init --remove',
  ];
}

/** The differences of all files, one after the other. Callsheet's own script is named only. */
export function showDiffs(files: InitAnswer['files']): string {
  return files
    .filter(({ change }) => change !== 'unchanged')
    .map(({ path, change, preview }) =>
      isScript(path) ? `${path} is ${change} (callsheet's own script)` : preview.trimEnd(),
    )
    .join('\n');
}

function isScript(path: string): boolean {
  return path.endsWith('callsheet/hook') || path.endsWith('callsheet/mcp');
}

/** One screen. */
export function showInit({ files, gitHook, clients, notes, next, dryRun }: InitAnswer): string {
  const isSame = files.every(({ change }) => change === 'unchanged') && gitHook.length === 0;
  const changed = files.map(({ path, change }) => [
    `  ${dryRun && change !== 'unchanged' ? 'would be ' : ''}${change}`,
    path,
  ]);
  const found = clients.map(({ client, version, why }) => [`  ${client}`, version ?? '', why]);
  return [
    ...(dryRun && !isSame ? [showDiffs(files), ''] : []),
    isSame ? 'Nothing is to be changed.' : dryRun ? 'Nothing was changed yet.' : 'Done.',
    ...section('Files', changed),
    ...section(
      'Git',
      gitHook.map((line) => [`  ${line}`]),
    ),
    ...section('Clients', found),
    ...section(
      'Note',
      notes.map((note) => [`  ${note}`]),
    ),
    ...section(
      'Next',
      next.map((step) => [`  ${step}`]),
    ),
  ].join('\n');
}

function section(title: string, rows: string[][]): string[] {
  return rows.length === 0 ? [] : ['', title, tableOf(rows)];
}
