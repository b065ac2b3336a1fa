import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClient } from '../../shared/client/client.ts';
import { HANDLERS_FILE } from './company.ts';
import { fillCompany } from './fill.ts';
import { fillPast } from './past.ts';

const USAGE = `npm run demo [-- --tasks 5000] [-- --url … --token …]
  A scheduler full of a company's tasks, to look at: starts one that runs until Ctrl-C, or fills the one at --url.
  Settings of npm start count here, too: ESCAPEMENT_PORT, ESCAPEMENT_DATA (.escapement/demo), ESCAPEMENT_TOKEN.
  --tasks   so many in all: the company's own, and those of its branches`;

const START = fileURLToPath(new URL('../../infra/local/start.ts', import.meta.url));

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '0' },
    url: { type: 'string' },
    token: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const tasks = Number(values.tasks);
if (values.help || !Number.isSafeInteger(tasks)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}
const token = values.token ?? (process.env.ESCAPEMENT_TOKEN || `esc_demo_${randomBytes(12).toString('hex')}`);
const started = values.url === undefined ? await start(token) : undefined;
const url = values.url ?? started?.address ?? '';
if (started) await fillPast(started.table);
await fillCompany(createClient({ url, token }), { tasks, say: (line) => console.log(`  ${line}`) });
console.log(`\nLook at it: ${url}/console`);
if (values.url === undefined) console.log(`Log in with the token ${token}`);

/** Resolves with its address and that of its table. This program ends when the engine does. */
function start(adminToken: string): Promise<{ address: string; table: string }> {
  const engine = spawn(process.execPath, [START], {
    env: {
      ESCAPEMENT_DATA: '.escapement/demo',
      ...process.env,
      ESCAPEMENT_HANDLERS: fileURLToPath(HANDLERS_FILE),
      ESCAPEMENT_TOKEN: adminToken,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  engine.on('exit', (code) => process.exit(code ?? 1));
  // Ctrl-C reaches the engine by itself, which ends in its own time.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => engine.kill('SIGTERM'));
  return new Promise((resolve) => {
    let said = '';
    engine.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      said += chunk.toString();
      const [address, table] = [/ready after .* at (http:\S+)/, /AWS endpoint: (http:\S+)/].map(
        (line) => line.exec(said)?.[1],
      );
      if (address !== undefined && table !== undefined) resolve({ address, table });
    });
  });
}
