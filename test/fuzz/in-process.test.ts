import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../functions/api/openapi.ts';
import { routes } from '../../functions/api/routes.ts';
import { gatewayProblem } from '../../infra/local/http/gateway-problem.ts';
import { makeApiWorld } from '../functions/api/api-world.ts';
import { type GivenAnswer, makeContract } from '../support/openapi.ts';
import { type Exchange, fuzz } from './fuzz.ts';
import { told } from './told.ts';

const REQUESTS = 2_000;
/** The same on every machine, and another one every time. */
const SEEDS = [1, Math.floor(Math.random() * 2 ** 31)];

const contract = makeContract(JSON.parse(JSON.stringify(openApiDocument(routes, '0.1.0'))));

describe('requests that are nearly as described', () => {
  it.each(SEEDS)('get answers that are described, and none is a fault of ours: seed %i', async (seed) => {
    const world = makeApiWorld();
    const exchange: Exchange = async ({ method, target, headers, body, who }) => {
      const [encoded = '', query = ''] = target.split('?', 2);
      const path = decoded(encoded);
      if (path === undefined) return malformed(method);
      const role = 'role' in who ? who.role : null;
      const tenant = 'tenant' in who ? who.tenant : 'root';
      return world.exchange({ method, path, query, headers: lowered(headers), body, role, tenant });
    };
    const report = await fuzz({
      contract,
      exchange,
      requests: REQUESTS / SEEDS.length,
      seed,
      nowMs: world.clock.nowMs(),
    });
    expect(report.findings.length, told(report)).toBe(0);
  });
});

const lowered = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** What the gateway says to a path that does not decode. */
function malformed(method: string): GivenAnswer {
  const { statusCode, headers, body } = gatewayProblem('bad-request', 'r');
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    text: method === 'HEAD' ? '' : body.toString(),
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
