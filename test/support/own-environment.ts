import { afterAll } from 'vitest';

// A process may play file after file: what one has set in its environment is not there for the next.
const before = { ...process.env };
afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
