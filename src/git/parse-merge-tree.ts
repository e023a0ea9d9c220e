export interface MergeTreeConflict {
  path: string;
  kind: string;
}

interface Message {
  paths: string[];
  type: string;
  text: string;
}

/**
 * Reads the output of `git merge-tree --write-tree -z --messages`: the tree, an entry for each conflicted stage of
 * a file, an empty field, then the messages.
 * @see https://git-scm.com/docs/git-merge-tree#OUTPUT
 */
export function parseMergeTree(output: string): { tree: string; conflicts: MergeTreeConflict[] } {
  const fields = output.split('\0');
  const tree = (fields[0] ?? '').trim();
  const end = fields.indexOf('', 1);
  const stages = fields.slice(1, end === -1 ? fields.length : end);
  const messages =
    end === -1 ? [] : readMessages(fields.slice(end + 1)).filter(({ type }) => type.startsWith('CONFLICT'));
  const paths = new Set(stages.map((stage) => stage.slice(stage.indexOf('\t') + 1)));
  for (const { paths: named } of messages) {
    // Some conflicts (a folder renamed in two ways) leave no conflicted file behind.
    if (named[0] !== undefined && !named.some((path) => paths.has(path))) paths.add(named[0]);
  }
  return { tree, conflicts: [...paths].sort().map((path) => ({ path, kind: kindOf(path, messages) })) };
}

function readMessages(fields: string[]): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const count = Number(fields[at]);
    const [type = '', text = ''] = fields.slice(at + 1 + count, at + 3 + count);
    messages.push({ paths: fields.slice(at + 1, at + 1 + count), type, text });
    at += count + 3;
  }
  return messages;
}

/** A file can have several: that it is binary explains why there is nothing to show, so that one goes first. */
function kindOf(path: string, messages: Message[]): string {
  const kinds = messages.filter(({ paths }) => paths.includes(path)).map(kindOfMessage);
  return kinds.find((kind) => kind === 'binary') ?? kinds[0] ?? 'content';
}

/** The text says more than the type: `CONFLICT (add/add): …` is of the type `CONFLICT (contents)`. */
function kindOfMessage({ type, text }: Message): string {
  if (type === 'CONFLICT (binary)') return 'binary';
  return /^CONFLICT \(([^)]+)\)/.exec(text)?.[1] ?? /\(([^)]+)\)/.exec(type)?.[1] ?? 'content';
}
