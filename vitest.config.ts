import { defineConfig } from 'vitest/config';

const E2E = 'test/e2e/**/*.test.ts';
const CONTRACTS = 'test/contracts/**/*.test.ts';
const CONSOLE = 'test/console/**/*.test.ts';
const PRODUCT = 'test/product/**/*.test.ts';

/** `npx vitest run --project unit` runs one of them. */
export default defineConfig({
  test: {
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
          name: 'e2e',
          include: [E2E],
          globalSetup: ['test/e2e/global-setup.ts'],
          // These tests measure time: one file after another, and only when everything else is done.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
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
          sequence: { groupOrder: 2 },
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
          sequence: { groupOrder: 3 },
          testTimeout: 120_000,
        },
      },
    ],
  },
});
