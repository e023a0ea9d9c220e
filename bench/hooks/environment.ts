/** What the surroundings add to the start of every Node program is not ours, nor the floor's. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const own = /^(?:NODE_|CALLSHEET_|GIT_)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  return { ...env, CALLSHEET_NO_SERVER: '1' };
}
