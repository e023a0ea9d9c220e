export { serve, type ServeOptions } from './serve.js';
export { liveServer } from './server-file.js';
