export { openPane, type Pane } from './pane.js';
export { toScreen, type Cell, type Screen } from './screen.js';
