import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Notes each event that the script is run for, and becomes the script. */
export function countedEvents(script: string): () => string[] {
  const log = join(dirname(script), 'events.log');
  writeFileSync(log, '');
  renameSync(script, `${script}-itself`);
  const lines = [
    ...['#!/usr/bin/env bash', 'body=$(cat)'],
    `printf '%s\\n' "$body" | tr '\\n' ' ' | sed 's/$/\\n/' >> '${log}'`,
    `exec '${script}-itself' "$@" <<<"$body"`,
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  chmodSync(script, 0o755);
  return () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => (JSON.parse(line) as { hook_event_name: string }).hook_event_name);
}
