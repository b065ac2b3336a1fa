import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { Role } from '../support/cases/case.ts';
import { type GivenAnswer, makeContract } from '../support/openapi.ts';
import { startEngine } from '../support/start-engine.ts';
import { type Exchange, type FuzzRequest, fuzz } from './fuzz.ts';
import { told } from './told.ts';

/**
 * `npm run fuzz -- [--requests 10000] [--seed N] [--url … --token …]`: over HTTP, against the engine, which it starts, or
 * against a deployment that is for testing. Ends with 1 when anything was found.
 */
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    url: { type: 'string' },
    token: { type: 'string' },
  },
});
const OTHER_TENANT = 'fuzz-other';
const WIDTH = 4;
const LONGEST_MS = 60_000;
/** A machine that does much else takes its time. */
const READY_WITHIN_MS = 300_000;

const engine = values.url === undefined ? await startEngine({ readyWithinMs: READY_WITHIN_MS }) : undefined;
try {
  const url = new URL(engine?.url ?? values.url ?? '');
  const admin = engine?.token ?? values.token ?? '';
  const contract = makeContract(await (await fetch(new URL('/v1/openapi.json', url))).json());
  const tokens = await makeTokens(url, admin);
  const exchange: Exchange = (request) => sent(url, request, credentialOf(request, tokens));
  const seed = Number(values.seed);
  console.log(
    `${values.requests} requests to ${contract.operations.length} operations at ${url}, seed ${seed}`,
  );
  const progress = (count: number) => console.log(`${count} requests`);
  const startedMs = performance.now();
  const requests = Number(values.requests);
  const report = await fuzz({
    contract,
    exchange,
    requests,
    seed,
    nowMs: Date.now(),
    width: WIDTH,
    progress,
  });
  console.log(told(report));
  console.log(`took ${Math.round((performance.now() - startedMs) / 1000)} s; to repeat: --seed ${seed}`);
  if (report.findings.length > 0) process.exitCode = 1;
} finally {
  await engine?.dispose();
}

async function makeTokens(url: URL, admin: string): Promise<ReadonlyMap<string, string>> {
  const call = async (method: string, path: string, body: object): Promise<unknown> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await call('PUT', `/v1/tenants/${OTHER_TENANT}`, {});
  const tokens = new Map([['admin root', admin]]);
  for (const role of ['viewer', 'operator', 'admin'] satisfies Role[])
    for (const [tenant, name] of [
      ['root', 'root'],
      [OTHER_TENANT, 'other'],
    ]) {
      if (tokens.has(`${role} ${name}`)) continue;
      const made = z.object({ token: z.string() }).parse(await call('POST', '/v1/tokens', { role, tenant }));
      tokens.set(`${role} ${name}`, made.token);
    }
  return tokens;
}

function credentialOf({ who }: FuzzRequest, tokens: ReadonlyMap<string, string>): string | undefined {
  return 'role' in who ? `Bearer ${tokens.get(`${who.role} ${who.tenant}`)}` : who.credential;
}

/** The target as it is: fetch would repair what is broken on purpose. */
function sent(url: URL, request: FuzzRequest, authorization: string | undefined): Promise<GivenAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      {
        hostname: url.hostname,
        port: url.port,
        method: request.method,
        path: request.target,
        timeout: LONGEST_MS,
        headers: {
          ...request.headers,
          ...(authorization === undefined ? {} : { authorization }),
          ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(headers),
            text: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (error) =>
      reject(new Error(`${request.method} ${request.target}`, { cause: error })),
    );
    outgoing.end(request.body);
  });
}
