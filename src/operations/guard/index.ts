export { checkClients, checkGuard } from './check.js';
export { init } from './init.js';
export { serve } from './serve.js';
