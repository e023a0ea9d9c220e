import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The top of the project. */
export const PROJECT = join(import.meta.dirname, '..', '..');

/** A block of code of a document: ```` ```yaml plan ```` has the language `yaml` and the label `plan`. */
export interface Block {
  language: string;
  label: string;
  text: string;
  /** From 1, of its first line. */
  line: number;
}

export function textOf(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}

/** Every document for people, relative to the project. */
export function documents(): string[] {
  const inDocs = readdirSync(join(PROJECT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...inDocs.map((name) => `docs/${name}`)];
}

export function blocksOf(path: string): Block[] {
  const blocks: Block[] = [];
  let open: { block: Block; fence: string } | undefined;
  for (const [index, line] of textOf(path).split('\n').entries()) {
    const fence = /^\s*(```+)(\S*)\s*(.*)$/.exec(line);
    if (open !== undefined && line.trim() === open.fence) {
      blocks.push(open.block);
      open = undefined;
    } else if (open !== undefined) {
      open.block.text += `${line}\n`;
    } else if (fence !== null) {
      const [, mark = '', language = '', label = ''] = fence;
      open = { fence: mark, block: { language, label: label.trim(), text: '', line: index + 2 } };
    }
  }
  return blocks;
}

/** The blocks with one of the labels, with a name for the test that reads each. */
export function labelled(path: string, ...labels: string[]): (Block & { name: string })[] {
  return blocksOf(path)
    .filter(({ label }) => labels.includes(label))
    .map((block) => ({ ...block, name: `${path}:${block.line}` }));
}

/** What stands under a heading, up to the next one of its level or above. */
export function sectionOf(path: string, heading: string): string {
  const lines = textOf(path).split('\n');
  const from = lines.indexOf(heading);
  if (from === -1) throw new Error(`${path} has no heading “${heading}”`);
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const length = lines.slice(from + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(from + 1, length === -1 ? undefined : from + 1 + length).join('\n');
}

/** The text of all headings of a level. */
export function headingsOf(path: string, level: number): string[] {
  const mark = `${'#'.repeat(level)} `;
  const code = new Set(
    blocksOf(path).flatMap(({ line, text }) => text.split('\n').map((_, at) => line + at)),
  );
  return textOf(path)
    .split('\n')
    .filter((line, index) => line.startsWith(mark) && !code.has(index + 1))
    .map((line) => line.slice(mark.length).trim());
}

/** The first cell of each row of the tables in a text, without backquotes. */
export function firstCells(markdown: string): string[] {
  return rowsOf(markdown).map(([first = '']) => first.replaceAll('`', ''));
}

/** The rows of the tables in a text, without their headers. */
export function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n');
  return lines
    .filter((line, index) => /^\|/.test(line) && !isRule(line) && !isRule(lines[index + 1] ?? ''))
    .map((line) => line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll('\\|', '|')));
}

function isRule(line: string): boolean {
  return /^\|[\s:|-]+$/.test(line) && line.includes('-');
}
