import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { PROJECT } from './documents.js';

/** The codes that the source can answer with. */
export interface SourceCodes {
  /** Of errors: `error CODE: …` on the terminal. */
  errors: Set<string>;
  /** Of mistakes and doubts in a plan or configuration, with a place. */
  problems: Set<string>;
}

const CODE = /^[A-Z]{2}[A-Z0-9]*(_[A-Z0-9]+)*$/;
/** What makes errors; `refusal` is the landing's own. */
const ERRORS = new Set(['CallsheetError', 'usageError', 'refusal', 'invalidFile']);
const PROBLEMS = new Set(['add', 'integerFrom', 'warnOf', 'fail']);

/** Reads the codes out of the source, where an error or a problem is made with a literal. */
export function sourceCodes(): SourceCodes {
  const codes: SourceCodes = { errors: new Set(['INTERNAL']), problems: new Set() };
  for (const file of sourceFiles()) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    collect(source, file.includes('/src/plan/') || file.includes('/src/config/'), codes);
  }
  return codes;
}

function sourceFiles(): string[] {
  const names = readdirSync(join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' });
  const isProduct = (name: string): boolean =>
    name.endsWith('.ts') && !/\.test\.ts$|\.fixture\.ts$/.test(name);
  return names.filter(isProduct).map((name) => join(PROJECT, 'src', name));
}

function collect(node: ts.Node, isOfPlan: boolean, codes: SourceCodes): void {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const name = calledName(node.expression);
    for (const argument of node.arguments ?? []) {
      const found = codesIn(argument);
      // `add` collects mistakes of a plan, or what stands in the way of a run.
      const isError = ERRORS.has(name) || name === 'fail' || (name === 'add' && !isOfPlan);
      if (isError) found.forEach((code) => codes.errors.add(code));
      else if (isOfPlan && PROBLEMS.has(name)) found.forEach((code) => codes.problems.add(code));
    }
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') {
    codesIn(node.initializer).forEach((code) => (isOfPlan ? codes.problems : codes.errors).add(code));
  }
  ts.forEachChild(node, (child) => collect(child, isOfPlan, codes));
}

function calledName(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** A literal, both ends of a condition, or `${what}_TOO_LARGE`, which begins with PLAN or CONFIG. */
function codesIn(node: ts.Expression): string[] {
  if (ts.isStringLiteral(node)) return CODE.test(node.text) ? [node.text] : [];
  if (ts.isConditionalExpression(node)) return [...codesIn(node.whenTrue), ...codesIn(node.whenFalse)];
  if (!ts.isTemplateExpression(node) || node.head.text !== '') return [];
  const [span, ...more] = node.templateSpans;
  const end = span?.literal.text ?? '';
  return more.length === 0 && /^_[A-Z_]+$/.test(end) ? [`PLAN${end}`, `CONFIG${end}`] : [];
}
