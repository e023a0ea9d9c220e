import { rounded } from './statistics.js';

/** A figure and what it must be. */
export interface Target {
  what: string;
  measured: number;
  limit: number;
  /** Default: at most. */
  isAtLeast?: boolean;
  /** Stands behind the numbers: `×`, ` MB`, `/s`. */
  unit: string;
}

export function isMet({ measured, limit, isAtLeast = false }: Target): boolean {
  return isAtLeast ? measured >= limit : measured <= limit;
}

/** One line for each target, for a screen. */
export function targetsText(targets: readonly Target[]): string {
  return targets.map((each) => `${isMet(each) ? 'met   ' : 'MISSED'}  ${sentenceOf(each)}`).join('\n');
}

/** The table of a result file. */
export function targetLines(targets: readonly Target[]): string[] {
  return [
    '| target | measured | |',
    '| --- | --- | --- |',
    ...targets.map(
      (each) => `| ${each.what} ${limitOf(each)} | ${measuredOf(each)} | ${isMet(each) ? 'met' : 'missed'} |`,
    ),
  ];
}

function sentenceOf(target: Target): string {
  return `${target.what}: ${measuredOf(target)} (${limitOf(target)})`;
}

function measuredOf({ measured, unit }: Target): string {
  return `${rounded(measured).toLocaleString('en')}${unit}`;
}

function limitOf({ limit, unit, isAtLeast = false }: Target): string {
  return `${isAtLeast ? '≥' : '≤'} ${limit.toLocaleString('en')}${unit}`;
}
