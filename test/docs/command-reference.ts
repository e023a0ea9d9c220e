import { GLOBALS } from '../../src/cli/globals.js';
import {
  flagOf,
  OPERATIONS,
  placeholderOf,
  type AnyOperation,
  type Field,
  type Fields,
} from '../../src/operations/index.js';

const WHO: Record<string, string> = {
  human: 'people',
  'human supervisor': 'people and leads',
  'human supervisor worker': 'everybody but reviewers',
  'worker reviewer': 'agents of a run',
};

/** The reference of every command, as Markdown, made of the table that the command line is made of. */
export function commandReference(): string {
  return [...OPERATIONS.map(operationText), globalsText()].join('\n\n');
}

function operationText(operation: AnyOperation): string {
  const { name, help, rights, input, examples = [] } = operation;
  const who = WHO[rights.join(' ')] ?? (rights.length === 4 ? undefined : rights.join(', '));
  const fields = Object.entries(input);
  const usage = [
    'callsheet',
    name.replaceAll('.', ' '),
    ...fields.filter(([, each]) => each.positional === true).map(argument),
  ];
  const hasOptions = fields.some(([, each]) => each.positional !== true);
  return [
    `### ${name.replaceAll('.', ' ')}`,
    `${help}.${who === undefined ? '' : ` For ${who}.`}`,
    `\`${usage.join(' ')}${hasOptions ? ' [OPTIONS]' : ''}\``,
    ...(fields.length === 0 ? [] : [tableOf(input)]),
    ...(examples.length === 0 ? [] : [`\`\`\`sh\n${examples.join('\n')}\n\`\`\``]),
  ].join('\n\n');
}

function argument([name, field]: [string, Field]): string {
  const text = `${placeholderOf(name, field)}${field.many === true ? '…' : ''}`;
  return field.required === true ? text : `[${text}]`;
}

function tableOf(fields: Fields): string {
  const rows = Object.entries(fields).map(
    ([name, field]) => `| \`${spelled(name, field)}\` | ${meaning(field)} |`,
  );
  return ['| Input | Meaning |', '| --- | --- |', ...rows]
    .map((row) => row.replaceAll(/(?<=\w)\|(?=\w)/g, '\\|'))
    .join('\n');
}

function spelled(name: string, field: Field): string {
  const many = field.many === true ? ' …' : '';
  if (field.positional === true) return `${placeholderOf(name, field)}${many}`;
  const short = field.short === undefined ? '' : `-${field.short}, `;
  const value = field.kind === 'flag' ? '' : ` ${placeholderOf(name, field)}`;
  return `${short}--${flagOf(name, field)}${value}${many}`;
}

function meaning(field: Field): string {
  const facts = [
    field.required === true ? 'required' : '',
    field.choices === undefined ? '' : `one of ${field.choices.map((each) => `\`${each}\``).join(', ')}`,
    boundsOf(field),
    field.maxChars === undefined ? '' : `at most ${field.maxChars} characters`,
  ].filter((fact) => fact !== '');
  return `${escaped(field.help)}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`;
}

function boundsOf({ min, max }: Field): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  return min === undefined ? '' : `from ${min}`;
}

// What stands between < and > would be taken for HTML, and a dash at the end for a list.
function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('*', '\\*');
}

function globalsText(): string {
  return ['### Options of every command', tableOf(GLOBALS)].join('\n\n');
}
