import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '../../shared/client/client.ts';
import { awsConfig } from '../bench/engine-load.ts';
import { type RunningEngine, startEngine } from '../support/start-engine.ts';
import { HANDLERS_FILE } from './company.ts';
import { type FillOptions, fillCompany } from './fill.ts';
import { fillPast } from './past.ts';

/** It builds the page and bundles all functions first. */
const READY_WITHIN_MS = 300_000;

/** An engine of its own, with the company and its past. */
export async function startDemo(options?: FillOptions): Promise<{ engine: RunningEngine; client: Client }> {
  const engine = await startEngine({
    env: { ESCAPEMENT_HANDLERS: fileURLToPath(HANDLERS_FILE) },
    readyWithinMs: READY_WITHIN_MS,
  });
  try {
    const client = createClient(engine);
    await fillPast(awsConfig(engine).endpoint);
    await fillCompany(client, options);
    return { engine, client };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}
