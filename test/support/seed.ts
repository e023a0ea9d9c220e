import fc from 'fast-check';

// The same cases at every run, so that a red suite means a change; other cases with PROPERTY_SEED=N, or `random`.
const wanted = process.env['PROPERTY_SEED'] ?? '1';
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });
