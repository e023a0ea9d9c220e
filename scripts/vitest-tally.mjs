/** Ends a test run with one plain line that any tool can read: `Tests: 12 passed, 0 failed, 0 skipped`. */
export default class Tally {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      // A file that could not be loaded has no tests, and is a failure all the same.
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const skipped = count.skipped + count.pending;
    process.on('exit', () => {
      process.stdout.write(`Tests: ${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`);
    });
  }
}
