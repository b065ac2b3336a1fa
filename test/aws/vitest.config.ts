import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** First the suite, then what is done to the deployment, in the order of the numbers. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => /\/phases\/(\d)/.exec(moduleId)?.[1] ?? '0';
    return files.toSorted((a, b) => rank(a).localeCompare(rank(b)) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'aws',
    include: ['test/e2e/*.test.ts', 'test/aws/phases/*.ts'],
    globalSetup: ['test/aws/global-setup.ts'],
    fileParallelism: false,
    sequence: { sequencer: InOrder },
    maxConcurrency: 20,
    testTimeout: 180_000,
    // Deploying into an account takes minutes.
    hookTimeout: 900_000,
  },
});
