import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const E2E = 'test/e2e/**/*.test.ts';
/**
 * They have an engine of their own, or a tenant, or touch nothing but their own tasks; none measures how long something
 * takes, and most of them wait: for a sweep, for an engine to start again.
 */
const E2E_PARALLEL = [
  'test/e2e/{bulk,deadline,stats}.test.ts',
  'test/e2e/embedded/{apply-many,canary-secret,cli,crash,declared-tasks,front-door,inbox,letters,targets}.test.ts',
];
const CONTRACTS = 'test/contracts/**/*.test.ts';
const CONSOLE = 'test/console/**/*.test.ts';
const PRODUCT = 'test/product/**/*.test.ts';

/** The longest begin first: at the end nothing waits for them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => /\/e2e\/(embedded\/crash|stats)\.test/.test(moduleId);
    return (await super.sort(files)).toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)));
  }
}

/** `npx vitest run --project unit` runs one of them, `--project 'e2e*'` all that speak to an engine. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [E2E, CONTRACTS, CONSOLE, PRODUCT],
          globalSetup: ['test/support/build-console.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'contracts', include: [CONTRACTS] },
      },
      {
        extends: true,
        test: {
          name: 'e2e-parallel',
          include: E2E_PARALLEL,
          globalSetup: ['test/e2e/global-setup.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          maxConcurrency: 20,
          testTimeout: 180_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: [E2E],
          exclude: E2E_PARALLEL,
          globalSetup: ['test/e2e/global-setup.ts'],
          // These tests measure time: one file after another, and only when everything else is done.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          maxConcurrency: 20,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'console',
          include: [CONSOLE],
          globalSetup: ['test/console/global-setup.ts'],
          // One engine and one browser for all of them.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'product',
          include: [PRODUCT],
          // Packing and installing would make others late that measure time.
          sequence: { groupOrder: 4 },
          testTimeout: 120_000,
        },
      },
    ],
  },
});
