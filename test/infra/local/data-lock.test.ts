import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { lockDataDirectory } from '../../../infra/local/data-lock.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { until } from './support/until.ts';

const LOCK = fileURLToPath(new URL('../../../infra/local/data-lock.ts', import.meta.url));

/** Another process that holds the lock until it is killed. */
async function holder(folder: string) {
  const script = join(folder, 'holder.ts');
  writeFileSync(
    script,
    `import { lockDataDirectory } from ${JSON.stringify(LOCK)};
    globalThis.held = await lockDataDirectory(${JSON.stringify(join(folder, 'data'))}, 0, () => {});
    console.log('held');
    setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await until(() => output.includes('held'), 'the lock held');
  return child;
}

it('a data folder belongs to one engine, and is free again however that one ends', async () => {
  const folder = temporaryFolder();
  const other = await holder(folder);
  expect(await lockDataDirectory(join(folder, 'data'), 0, () => {})).toBeUndefined();
  other.kill('SIGKILL');
  let waited = 0;
  const unlock = await lockDataDirectory(join(folder, 'data'), 10_000, () => waited++);
  expect(unlock).toBeDefined();
  expect(waited).toBeLessThanOrEqual(1);
  unlock?.();
});
