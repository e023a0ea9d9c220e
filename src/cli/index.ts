export { runCommandLine } from './run-command-line.js';
export { printError, type Streams } from './print.js';
