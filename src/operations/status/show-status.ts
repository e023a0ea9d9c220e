import { formatDuration, oneLine, plainText, tableOf, shownNames } from '../../text/index.js';
import type { AgentLine } from './agents.js';
import type { Need } from './needs-you.js';
import type { Status } from './status.js';

/** The one screen: how it stands, who needs you, conflicts, cost, who does what. */
export function showStatus(status: Status): string {
  const now = Date.parse(status.at);
  return [
    status.sentence,
    ...status.needsYou.map((need) => `Needs you: ${needLine(need)}`),
    ...status.conflicts.map(
      (each) =>
        `Conflict: ${each.task} with ${each.otherTasks.join(', ') || 'the base'} in ${oneLine(shownNames(each.paths), 80)} (${each.keep === undefined ? each.id : `${each.id}, decided: keep ${each.keep}`})`,
    ),
    ...costLines(status.cost),
    ...agentTable(status.agents, now),
  ].join('\n');
}

function needLine({ kind, id, task, text, command }: Need): string {
  const said = oneLine(plainText(text), 100);
  if (kind === 'question') return `${task ?? 'somebody'} asks "${said}"  (${command})`;
  if (kind === 'failed') return `${id} has failed: ${said}  (${command})`;
  return `${id} does not go on: ${said}  (${command})`;
}

function costLines({ usd, inputTokens, outputTokens }: Status['cost']): string[] {
  if (inputTokens + outputTokens === 0 && usd === 0) return [];
  return [`Cost: ${usd.toFixed(2)} USD, ${inputTokens} tokens read, ${outputTokens} written.`];
}

function shownFiles({ files, aboutToWrite }: AgentLine, now: number): string {
  const [first] = aboutToWrite;
  const paths = aboutToWrite.map(({ path }) => path);
  return [
    ...(first === undefined
      ? []
      : [
          `about to write ${oneLine(shownNames(paths, 3), 80)} (${formatDuration(now - Date.parse(first.since))})`,
        ]),
    ...(files.length === 0 ? [] : [`wrote ${oneLine(shownNames(files), 60)}`]),
  ].join('; ');
}

function agentTable(agents: readonly AgentLine[], now: number): string[] {
  if (agents.length === 0) return [];
  const rows = agents.map((agent) => [
    agent.name,
    agent.role === 'supervisor' ? 'lead' : (agent.speciality ?? ''),
    oneLine(plainText([agent.driver, agent.model].filter(Boolean).join(' ')), 40),
    agent.task ?? '',
    agent.state,
    formatDuration(now - Date.parse(agent.since)),
    agent.lastSignAt === null ? '' : `${formatDuration(now - Date.parse(agent.lastSignAt))} ago`,
    agent.question === undefined ? shownFiles(agent, now) : `asks a question (${agent.question})`,
  ]);
  return ['', tableOf([['AGENT', 'PART', 'WITH', 'TASK', 'STATE', 'FOR', 'LAST SIGN', ''], ...rows])];
}
