/** A value of a YAML file with its place; aliases are resolved, tags and anchors gone. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

interface Placed {
  /** Where it begins in the text, in UTF-16 units. */
  offset: number;
  /** Characters and nodes in it when every alias is written out. */
  size: number;
}

export interface YamlScalar extends Placed {
  kind: 'scalar';
  value: string | number | boolean | null;
  /** As written: `1.10` stays `1.10` where text is wanted. */
  source: string;
}

export interface YamlList extends Placed {
  kind: 'list';
  items: YamlNode[];
}

export interface YamlMap extends Placed {
  kind: 'map';
  entries: YamlEntry[];
}

export interface YamlEntry {
  key: string;
  keyOffset: number;
  value: YamlNode;
}

/** A value for messages: `text`, `a number`, `a list`, … */
export function kindOf(node: YamlNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a mapping';
  if (node.value === null) return 'empty';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[
    typeof node.value as 'string' | 'number' | 'boolean'
  ];
}

/** The value under a key; undefined when it is missing or empty. */
export function valueAt(map: YamlMap, key: string): YamlNode | undefined {
  const value = map.entries.find((entry) => entry.key === key)?.value;
  return value === undefined || (value.kind === 'scalar' && value.value === null) ? undefined : value;
}
