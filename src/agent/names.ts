const NAMES = [
  'ada',
  'bo',
  'cy',
  'dee',
  'eli',
  'fay',
  'gus',
  'hal',
  'ivy',
  'jo',
  'kai',
  'lea',
  'max',
  'nia',
  'ola',
  'pia',
  'quin',
  'rio',
  'sam',
  'tess',
  'uma',
  'vic',
  'wes',
  'xan',
  'yul',
  'zoe',
];

/** The first short name that nobody in the sheet has had: `ada`, `bo`, …, then `ada2`, `bo2`, … */
export function freeName(taken: ReadonlySet<string>): string {
  for (let round = 1; ; round += 1) {
    for (const name of NAMES) {
      const candidate = round === 1 ? name : `${name}${round}`;
      if (!taken.has(candidate)) return candidate;
    }
  }
}
