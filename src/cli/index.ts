export { runCommandLine } from './run-command-line.js';
export { openOutput } from './output.js';
export { printError, type Streams } from './print.js';
