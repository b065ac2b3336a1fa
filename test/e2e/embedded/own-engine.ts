import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { openApi } from '../../support/api-client.ts';
import { type ApiWorld, openWorld } from '../../support/api-world.ts';
import { type RunningEngine, startEngine } from '../../support/start-engine.ts';
import { target } from '../target.ts';

/** An engine that a test may kill, with a world of tasks on it and the real SQS client beside it. */
export interface OwnEngine {
  process: RunningEngine;
  world: ApiWorld;
  /** For the queues as they are now: each start of the engine makes new ones, elsewhere. */
  openSqs(): SQSClient;
  /** Where it serves AWS now. */
  awsEndpoint(): string;
  dispose(): Promise<void>;
}

export async function startOwnEngine(env: Record<string, string> = {}): Promise<OwnEngine> {
  const dataDir = ownDataFolder();
  const engine = await startEngine({ dataDir, env });
  const clients: SQSClient[] = [];
  return {
    process: engine,
    world: openWorld(openApi(engine)),
    awsEndpoint: () => awsEndpointIn(engine.output()),
    openSqs() {
      const client = new SQSClient({
        region: 'us-east-1',
        endpoint: awsEndpointIn(engine.output()),
        credentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
      });
      clients.push(client);
      return client;
    },
    async dispose() {
      for (const client of clients) client.destroy();
      await engine.dispose();
      removeFolder(dataDir);
    },
  };
}

/** A data folder that begins with the stack that the common engine has synthesized already: the start is quicker. */
export function ownDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-e2e-own-'));
  const { dataDirectory } = target;
  const made = dataDirectory === undefined ? undefined : join(dataDirectory, 'cdk.out');
  if (made !== undefined && existsSync(made)) cpSync(made, join(folder, 'cdk.out'), { recursive: true });
  return folder;
}

/** Processes of the engine that are still ending may write once more. */
export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

function awsEndpointIn(output: string): string {
  const endpoint = [...output.matchAll(/AWS endpoint: (http:\S+)/g)].at(-1)?.[1];
  if (endpoint === undefined) throw new Error(`the engine does not say where its queues are:\n${output}`);
  return endpoint;
}
