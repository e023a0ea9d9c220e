import type { Document } from 'yaml';
import { collectProblems, type Problems } from './problems.js';
import { addTooDeep, tooMuchIn, type TooMuch } from './yaml-depth.js';
import type { YamlMap } from './yaml-node.js';
import { NodeReader } from './yaml-node-reader.js';

/** Characters and nodes with every alias written out: what an anchor bomb multiplies. */
const MAX_SIZE = 4_000_000;

/** What a YAML text holds; the root is undefined when it is no mapping or not YAML. */
export interface YamlText {
  root: YamlMap | undefined;
  problems: Problems;
}

/**
 * Reads YAML 1.2 (and so JSON) from somebody else's hand into nodes with places. Aliases are shared, not copied.
 * Refused, with the place: duplicate keys, keys that are no text, tags of one's own, `%YAML 1.1` (merge keys, `yes` as
 * true), more than 100 levels, aliases that multiply to more than 4 000 000 characters, more than 300 000 parts.
 */
export async function readYaml(text: string, file: string): Promise<YamlText> {
  const yaml = await import('yaml');
  const problems = collectProblems(file, text);
  const tooMuch = tooMuchIn(text, yaml);
  if (tooMuch !== undefined) {
    addTooMuch(problems, tooMuch);
    return { root: undefined, problems };
  }
  // Unique keys are checked here: the library compares each with each, and 100 000 keys take minutes.
  const document = yaml.parseDocument(text, { version: '1.2', uniqueKeys: false, prettyErrors: false });
  addSyntaxErrors(problems, document);
  if (problems.list.length > 0) return { root: undefined, problems };
  const root = rootOf(document, new NodeReader(yaml, problems), problems);
  // What stands where these are is unknown, so that whatever else is said about the file would mislead.
  const isUnknown = problems.list.some(({ code }) => code === 'TOO_DEEP' || code === 'UNKNOWN_ALIAS');
  return { root: isUnknown ? undefined : root, problems };
}

function addTooMuch(problems: Problems, { offset, reason }: TooMuch): void {
  if (reason === 'levels') addTooDeep(problems, offset);
  else
    problems.add(
      offset,
      'TOO_MANY_PARTS',
      'The file has more than 300 000 keys, values and signs',
      'several files',
    );
}

function addSyntaxErrors(problems: Problems, document: Document): void {
  for (const { pos, message, code } of document.errors) {
    const isSeveral = code === 'MULTIPLE_DOCS';
    const said = isSeveral
      ? 'The file holds more than one document'
      : `This is not valid YAML: ${firstLine(message)}`;
    problems.add(
      pos[0],
      'BAD_YAML',
      said,
      isSeveral ? 'one document, without a second `---`' : 'valid YAML or JSON',
    );
  }
  const { explicit, version } = document.directives?.yaml ?? {};
  if (explicit === true && version !== '1.2') {
    problems.add(0, 'BAD_YAML', `The file asks for YAML ${version ?? ''}`, 'no `%YAML` line, or `%YAML 1.2`');
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/[.:]$/, '').slice(0, 200);
}

function rootOf(document: Document, reader: NodeReader, problems: Problems): YamlMap | undefined {
  if (document.contents === null) return { kind: 'map', entries: [], offset: 0, size: 1 };
  const root = reader.read(document.contents, 0, 0);
  if (root.size > MAX_SIZE) {
    problems.add(
      root.offset,
      'ALIAS_BOMB',
      `Its aliases stand for more than ${MAX_SIZE} characters`,
      'the values out',
    );
    return undefined;
  }
  if (root.kind === 'map') return root;
  problems.add(root.offset, 'WRONG_TYPE', 'The file holds no mapping at its top', '`key: value` lines');
  return undefined;
}
