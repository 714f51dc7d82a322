import { defineConfig } from 'vitest/config';

/** What lives through minutes of real services, or prints hundreds of pages, has the machine to itself, after all others. */
const ALONE = ['tests/services/live.test.ts', 'tests/sandbox/live.test.ts', 'tests/engine/confined.test.ts', 'tests/print/volumes.test.ts', 'tests/learning/browser.test.ts'];
const TESTS = 'tests/**/*.test.ts';

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests with containers share one engine on two cores; each says itself what it waits for.
    projects: [
      { extends: true, test: { name: 'together', include: [TESTS], exclude: ALONE, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
