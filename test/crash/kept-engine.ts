import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STRUCK } from '../../infra/local/faults/faults.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningEngine, startEngine } from '../support/start-engine.ts';

/** The engine with somebody who starts it again on the same data whenever it dies, and a caller who does not give up. */
export interface KeptEngine {
  process: RunningEngine;
  /** Starts anew with these faults armed. */
  arm(faults: readonly string[]): Promise<void>;
  /** Faults that have struck, in the order in which they did. */
  struck(): string[];
  /** How often it was started again. */
  restarts(): number;
  /** Kills it without a word; it starts again by itself. */
  kill(): Promise<void>;
  /** Resolves when it answers. */
  ready(): Promise<void>;
  /** Repeats until somebody answers with one of these; whatever is no answer is asked again. */
  insist(statuses: readonly number[], method: string, path: string, call?: Call): Promise<unknown>;
  /** With the stores as they are served now. */
  withDynamo<R>(use: (client: DynamoDBClient) => Promise<R>): Promise<R>;
  withSqs<R>(use: (client: SQSClient) => Promise<R>): Promise<R>;
  /** Ends it in good order; its data stays. */
  stop(): Promise<void>;
  dispose(): Promise<void>;
}
export interface Call {
  json?: object;
  headers?: Record<string, string>;
}

/** A machine that does much else takes its time. */
const READY_WITHIN_MS = 300_000;
const PATIENCE_MS = 180_000;
const PAUSE_MS = 100;
/** Starts in a row that came to nothing: then it is broken, not killed. */
const MAX_VAIN_STARTS = 5;
const KEYS = { accessKeyId: 'anybody', secretAccessKey: 'anything' };

export async function keepEngine(given: Record<string, string> = {}): Promise<KeptEngine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'escapement-crash-'));
  /** Read anew at each start. */
  const env: Record<string, string> = { ...given };
  const engine = await startEngine({ dataDir, env, readyWithinMs: READY_WITHIN_MS });
  let restarts = 0;
  let ended = false;
  let broken: unknown;
  const keeping = keep();

  async function keep(): Promise<void> {
    for (let vain = 0; ; ) {
      await engine.gone();
      if (ended) return;
      const struckBefore = struck().length;
      restarts++;
      try {
        await engine.restart();
        vain = 0;
      } catch (error) {
        // A fault may strike while it starts.
        vain = struck().length > struckBefore ? 0 : vain + 1;
        if (vain === MAX_VAIN_STARTS) {
          broken = error;
          return;
        }
      }
    }
  }

  function struck(): string[] {
    const file = join(dataDir, STRUCK);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  }

  const ready = () =>
    eventually(
      async () => {
        if (broken) return;
        const reply = await fetch(`${engine.url}/v1/health`);
        if (reply.status !== 200) throw new Error(`the engine answers ${reply.status}`);
      },
      { timeoutMs: READY_WITHIN_MS },
    );

  async function kill(): Promise<void> {
    await engine.kill9();
    await ready();
  }

  async function withClient<C extends { destroy(): void }, R>(
    open: (config: { region: string; endpoint: string; credentials: typeof KEYS }) => C,
    use: (client: C) => Promise<R>,
  ): Promise<R> {
    const endpoint = [...engine.output().matchAll(/AWS endpoint: (http:\S+)/g)].at(-1)?.[1] ?? '';
    const client = open({ region: 'us-east-1', endpoint, credentials: KEYS });
    try {
      return await use(client);
    } finally {
      client.destroy();
    }
  }

  return {
    process: engine,
    async arm(faults) {
      env.ESCAPEMENT_FAULT = faults.join(',');
      await kill();
    },
    struck,
    restarts: () => restarts,
    kill,
    ready,
    async insist(statuses, method, path, { json, headers } = {}) {
      const until = performance.now() + PATIENCE_MS;
      for (;;) {
        if (broken) throw broken;
        const reply = await engine.api(method, path, json, headers).catch((error: unknown) => error);
        if (!(reply instanceof Error) && typeof reply === 'object' && reply !== null && 'status' in reply) {
          const { status, body } = { body: undefined, ...reply };
          if (statuses.includes(Number(status))) return body;
          if (Number(status) < 500 && status !== 429)
            throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
        }
        if (performance.now() > until) throw new Error(`${method} ${path}: no answer`, { cause: reply });
        await delay(PAUSE_MS);
      }
    },
    withDynamo: (use) => withClient((config) => new DynamoDBClient(config), use),
    withSqs: (use) => withClient((config) => new SQSClient(config), use),
    async stop() {
      ended = true;
      await engine.stop();
      await keeping;
    },
    async dispose() {
      ended = true;
      await engine.dispose();
      await keeping;
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
