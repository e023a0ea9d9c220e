import { defineOperation, EVERYBODY } from '../operation.js';
import { tableOf } from '../../text/index.js';
import { checkClients, checkGuard } from '../guard/index.js';
import { checkDisk, checkFileSystem } from './disk.js';
import { checkEngines, checkSheet } from './sheet.js';
import { checkGit, checkNode, checkRepository, checkSqlite } from './tools.js';
import { checkWorkspaces } from './workspaces.js';
import type { Check, Finding } from './finding.js';

const CHECKS: readonly Check[] = [
  ...[checkGit, checkNode, checkSqlite, checkRepository],
  ...[checkSheet, checkFileSystem, checkEngines, checkWorkspaces, checkDisk],
  ...[checkGuard, checkClients],
];

export const doctor = defineOperation({
  name: 'doctor',
  rights: EVERYBODY,
  help: 'Check that everything callsheet needs is there and sound',
  input: {},
  async run(context) {
    const findings: Finding[] = [];
    for (const check of CHECKS) findings.push(...(await check(context)));
    return { ok: !findings.some(({ level }) => level === 'bad'), findings };
  },
  show: ({ findings }) =>
    findings
      .map(({ level, what, found, todo }) => [
        `${level}`.padEnd(4),
        what,
        found,
        ...(todo === undefined ? [] : [`→ ${todo}`]),
      ])
      .map((row) => tableOf([row]))
      .join('\n'),
  exit: ({ ok }) => (ok ? 'done' : 'failed'),
});
