import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCdk } from './cdk.ts';
import { beside } from './changes.ts';
import { startEmulator } from './emulator.ts';
import { DIFFERENCES } from './emulator-differences.ts';
import { deleteKeptTables } from './kept-tables.ts';

/**
 * `npm run test:e2e:aws`: the stack that users deploy, deployed with the CDK, then tested, changed and destroyed.
 * Runs on an emulator of its own; with ESCAPEMENT_AWS=account in the account that the environment's credentials
 * belong to. docs/testing-in-aws.md tells more.
 */
const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const CONFIG = fileURLToPath(new URL('./vitest.config.ts', import.meta.url));
const LOG_LINES = 200;

// CDK app and emulated functions run on the first node of the PATH: the one that runs this.
process.env.PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
const home = mkdtempSync(join(tmpdir(), 'escapement-aws-'));
// Ctrl-C reaches vitest as well: whatever is deployed is taken down before this process goes.
process.on('SIGINT', () => {});
try {
  process.exitCode = await (process.env.ESCAPEMENT_AWS === 'account' ? inAccount() : onEmulator());
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function onEmulator(): Promise<number> {
  console.log(`The emulator differs from AWS in ${Object.keys(DIFFERENCES).length} ways that matter here:`);
  for (const [id, { emulator, remedy }] of Object.entries(DIFFERENCES))
    console.log(`  ${id}: ${emulator}. ${remedy}.`);
  const countFile = join(home, 'count');
  const emulator = await startEmulator(home, { ESCAPEMENT_COUNT_FILE: countFile });
  try {
    const failed = await vitest({
      ...emulator.env,
      ESCAPEMENT_AWS: 'emulator',
      ESCAPEMENT_AWS_NAME: 'escapement',
      ESCAPEMENT_COUNT_FILE: countFile,
    });
    if (failed) console.error(emulator.log().split('\n').slice(-LOG_LINES).join('\n'));
    return failed;
  } finally {
    await emulator.stop();
  }
}

/** Others use the account as well, so every run has a name of its own. */
async function inAccount(): Promise<number> {
  const name = `escapement-${randomBytes(4).toString('hex')}`;
  try {
    return await vitest({ ...process.env, ESCAPEMENT_AWS_NAME: name });
  } finally {
    const cdk = openCdk(home);
    // It is no error to destroy what is gone already, or never came to be.
    await cdk.destroy(beside(name));
    await cdk.destroy({ name });
    await deleteKeptTables(name);
  }
}

/** A process of its own, since it must be born with the emulator's certificate in its environment. */
function vitest(env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const args = [VITEST, 'run', '--config', CONFIG, ...process.argv.slice(2)];
    const child = spawn(process.execPath, args, {
      env: { ...env, ESCAPEMENT_AWS_HOME: home },
      stdio: 'inherit',
    });
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', reject).on('exit', (status) => resolve(status ?? 1));
  });
}
