import { CONFIGS } from './configs.js';
import { ENVIRONMENT } from './environment.js';
import { INPUTS } from './inputs.js';
import { PATHS } from './paths.js';
import { PLANS } from './plans.js';
import { QUESTIONS } from './questions.js';
import { REFS } from './refs.js';
import { REPOSITORIES } from './repositories.js';
import { RIGHTS } from './rights.js';
import { SETTINGS } from './settings.js';
import { SHEET_FOLDER } from './sheet-folder.js';
import type { Row } from './row.js';

/** Every hostile input, by theme. */
export const TABLES: Readonly<Record<string, readonly Row[]>> = {
  'what is typed': INPUTS,
  paths: PATHS,
  refs: REFS,
  plans: PLANS,
  configuration: CONFIGS,
  questions: QUESTIONS,
  rights: RIGHTS,
  environment: ENVIRONMENT,
  repositories: REPOSITORIES,
  'the folder of the sheet': SHEET_FOLDER,
  'settings of clients': SETTINGS,
};
