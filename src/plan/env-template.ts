import { oneLine } from '../text/index.js';
import { readLines, type FieldReader } from './fields.js';

// What looks like a sum; other braces (JSON, say) are left as they are.
const BRACES = /\{([A-Za-z0-9_+*()\- \t]*)\}/g;
const TOKEN = /\s*(\d{1,15}|slot|[+*-])\s*/y;

/**
 * The variables of one workspace: `{slot}` and sums such as `{4000+slot}` or `{slot*10+3000}` (whole numbers, `+`, `-`,
 * `*`) are worked out. Other braces stay as they are; {@link readEnvValue} has refused those that look like a sum.
 */
export function expandEnv(
  env: Readonly<Record<string, string>>,
  { slot }: { slot: number },
): Record<string, string> {
  const expand = (value: string): string =>
    value.replace(BRACES, (whole, body: string) => String(evaluate(body, BigInt(slot)) ?? whole));
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, expand(value)]));
}

/** The value of a variable, as text; a sum in braces that cannot be worked out is a problem. */
export const readEnvValue: FieldReader<string> = (node, key, problems) => {
  const value = readLines(node, key, problems);
  for (const [whole, body = ''] of value?.matchAll(BRACES) ?? []) {
    if (evaluate(body, 0n) !== undefined) continue;
    const shown = oneLine(whole, 60);
    problems.add(
      node.offset,
      'BAD_ENV',
      `\`${key}\`: \`${shown}\` cannot be worked out`,
      '`{slot}` or a sum such as `{4000+slot}`',
    );
    return undefined;
  }
  return value;
};

/** Big integers, so that no sum is rounded. */
function evaluate(body: string, slot: bigint): bigint | undefined {
  const tokens = tokensOf(body);
  if (tokens === undefined || tokens.length % 2 === 0 || tokens.length > 15) return undefined;
  let [sum, product, sign] = [0n, 1n, 1n];
  for (const [at, token] of tokens.entries()) {
    if (at % 2 === 0) {
      if (/[+*-]/.test(token)) return undefined;
      product *= token === 'slot' ? slot : BigInt(token);
    } else if (token === '*') continue;
    else if (token === '+' || token === '-') {
      sum += sign * product;
      [product, sign] = [1n, token === '-' ? -1n : 1n];
    } else return undefined;
  }
  return sum + sign * product;
}

function tokensOf(body: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const token = TOKEN.exec(body)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}
