import { INPUTS } from './inputs.js';
import type { Row } from './row.js';

/** Every hostile input, by theme. */
export const TABLES: Readonly<Record<string, readonly Row[]>> = {
  'what is typed': INPUTS,
};
