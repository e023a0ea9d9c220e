import type * as Yaml from 'yaml';
import type { Problems } from './problems.js';
import { addTooDeep, MAX_DEPTH } from './yaml-depth.js';
import type { YamlEntry, YamlNode } from './yaml-node.js';

const STANDARD_TAG = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** Turns the library's nodes into ours. A class for what all levels share; it lives for one document. */
export class NodeReader {
  readonly #anchors = new Map<string, YamlNode>();

  constructor(
    readonly yaml: typeof Yaml,
    readonly problems: Problems,
  ) {}

  read(node: unknown, offset: number, depth: number): YamlNode {
    const { yaml } = this;
    if (!yaml.isNode(node)) return empty(offset);
    const at = node.range?.[0] ?? offset;
    if (depth > MAX_DEPTH) {
      addTooDeep(this.problems, at);
      return empty(at);
    }
    if (yaml.isAlias(node)) return this.#aliased(node.source, at);
    this.#checkTag(node, at);
    const read = this.#withoutAnchor(node, at, depth);
    if ('anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, read);
    return read;
  }

  #withoutAnchor(node: Yaml.Node, offset: number, depth: number): YamlNode {
    const { yaml } = this;
    if (yaml.isMap(node)) return this.#map(node.items, offset, depth);
    if (yaml.isSeq(node)) {
      const items = node.items.map((item) => this.read(item, offset, depth + 1));
      return { kind: 'list', items, offset, size: 1 + totalSize(items) };
    }
    if (!yaml.isScalar(node)) return empty(offset);
    const value = scalarValue(node.value);
    const source = typeof value === 'string' ? value : (node.source ?? String(value));
    return { kind: 'scalar', value, source, offset, size: 1 + source.length };
  }

  #map(pairs: readonly Yaml.Pair[], offset: number, depth: number): YamlNode {
    const seen = new Set<string>();
    const entries: YamlEntry[] = [];
    for (const pair of pairs) {
      const key = this.read(pair.key, offset, depth + 1);
      const value = this.read(pair.value, key.offset, depth + 1);
      if (key.kind !== 'scalar' || this.yaml.isAlias(pair.key)) {
        this.problems.add(key.offset, 'BAD_KEY', 'A key is no plain text', 'a name');
      } else if (key.source === '__proto__') {
        this.problems.add(
          key.offset,
          'UNKNOWN_KEY',
          'Unknown key `__proto__`',
          'another name, or leave it out',
        );
      } else if (seen.has(key.source)) {
        this.problems.add(
          key.offset,
          'DUPLICATE_KEY',
          `The key \`${key.source.slice(0, 80)}\` stands here twice`,
          'it once',
        );
      } else entries.push({ key: key.source, keyOffset: key.offset, value });
      if (key.kind === 'scalar') seen.add(key.source);
    }
    return { kind: 'map', entries, offset, size: 1 + totalSize(entries.map((entry) => entry.value)) };
  }

  /** An anchor is known only when what it names is complete, so that nothing can hold itself. */
  #aliased(name: string, offset: number): YamlNode {
    const node = this.#anchors.get(name);
    if (node !== undefined) return { ...node, offset };
    this.problems.add(
      offset,
      'UNKNOWN_ALIAS',
      `\`*${name.slice(0, 80)}\` names nothing before it`,
      'the value itself',
    );
    return empty(offset);
  }

  #checkTag(node: Yaml.Node, offset: number): void {
    const { tag } = node;
    if (tag === undefined || STANDARD_TAG.test(tag)) return;
    this.problems.add(
      offset,
      'CUSTOM_TAG',
      `The tag \`${tag.slice(0, 80)}\` is not read`,
      'the value without a tag',
    );
  }
}

function empty(offset: number): YamlNode {
  return { kind: 'scalar', value: null, source: '', offset, size: 1 };
}

function totalSize(nodes: readonly YamlNode[]): number {
  return nodes.reduce((sum, node) => Math.min(Number.MAX_SAFE_INTEGER, sum + node.size), 0);
}

function scalarValue(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : typeof value === 'bigint' ? Number(value) : null;
}
