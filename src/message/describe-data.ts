const LABELS: Readonly<Record<string, string>> = {
  verdict: 'verdict',
  findings: 'finding',
  options: 'option',
  paths: 'path',
  commit: 'commit',
  review: 'review',
};

/** What a message carries besides its text, a line for each; the words are the sender's. */
export function describeData({ data }: { data: object }): string[] {
  const carried = new Map<string, unknown>(Object.entries(data));
  return Object.entries(LABELS).flatMap(([name, label]) =>
    [carried.get(name)]
      .flat()
      .filter((each) => typeof each === 'string')
      .map((text) => `${label}: ${text}`),
  );
}
