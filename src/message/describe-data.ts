/** What a message carries besides its text, a line for each; the words are the sender's. */
export function describeData({ data }: { data: object }): string[] {
  return Object.entries(data).flatMap(([name, value]: [string, unknown]) => {
    const label = LABELS[name];
    if (label === undefined) return [];
    return [value].flat().map((each) => `${label}: ${String(each)}`);
  });
}

const LABELS: Readonly<Record<string, string>> = {
  verdict: 'verdict',
  findings: 'finding',
  options: 'option',
  paths: 'path',
  commit: 'commit',
};
