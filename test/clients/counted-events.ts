import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Notes each event that the script is run for, and becomes the script. The hook that waits for work is `Stop, waiting`. */
export function countedEvents(script: string): () => string[] {
  const log = join(dirname(script), 'events.log');
  writeFileSync(log, '');
  renameSync(script, `${script}-itself`);
  const lines = [
    ...['#!/usr/bin/env bash', 'body=$(cat)'],
    `printf '%s\\t%s\\n' "\${@: -1}" "$(printf '%s' "$body" | tr '\\n' ' ')" >> '${log}'`,
    `exec '${script}-itself' "$@" <<<"$body"`,
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  chmodSync(script, 0o755);
  return () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(nameOf);
}

function nameOf(line: string): string {
  const [what = '', body = ''] = line.split('\t', 2);
  const { hook_event_name: name } = JSON.parse(body) as { hook_event_name: string };
  return what === 'wait' ? `${name}, waiting` : name;
}
