import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const ENVIRONMENT = fileURLToPath(new URL('../../../../infra/local/lambda/environment.ts', import.meta.url));

it('a function at work ends with its engine, even one that is killed', async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'index.mjs'),
    'export const handler = () => { console.log(process.pid); return new Promise((resolve) => setTimeout(resolve, 60_000)); };',
  );
  writeFileSync(
    join(folder, 'engine.ts'),
    `import { startEnvironment } from ${JSON.stringify(ENVIRONMENT)};
    const environment = startEnvironment({
      modulePath: ${JSON.stringify(join(folder, 'index.mjs'))}, exportName: 'handler',
      codeDirectory: ${JSON.stringify(folder)}, memoryMb: 128, variables: {},
      onOutput: (chunk) => process.stdout.write(chunk) });
    await environment.ready;
    await environment.invoke({ requestId: '1', event: {}, deadlineAt: 0, fn: { name: '', arn: '', memoryMb: 128 } }, 60);`,
  );
  const engine = spawn(process.execPath, [join(folder, 'engine.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  engine.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const pid = Number(await until(() => /\d+\n/.exec(output)?.[0], 'the function at work'));
  engine.kill('SIGKILL');
  await until(() => !exists(pid), 'the function gone');
  expect(exists(pid)).toBe(false);
});

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
