import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../infra/local/http/routes.ts';

const route = (key: string) => ({
  key,
  functionId: 'Fn',
  timeoutMs: 1_000,
  authorizer: undefined,
  throttle: undefined,
});
const find = (keys: string[], method: string, path: string) => {
  const match = createRouter(keys.map(route))(method, path);
  return match && [match.route.key, match.pathParameters];
};

describe('choosing a route', () => {
  const KEYS = [
    '$default',
    'ANY /{proxy+}',
    'ANY /',
    'GET /v1/health',
    'GET /v1/{id}',
    'ANY /v1/{id}',
    'GET /v1/{proxy+}',
  ];

  it.each([
    ['GET', '/v1/health', 'GET /v1/health', undefined],
    ['GET', '/v1/other', 'GET /v1/{id}', { id: 'other' }],
    ['POST', '/v1/health', 'ANY /v1/{id}', { id: 'health' }],
    ['GET', '/v1/a/b', 'GET /v1/{proxy+}', { proxy: 'a/b' }],
    ['POST', '/v1/a/b', 'ANY /{proxy+}', { proxy: 'v1/a/b' }],
    ['GET', '/', 'ANY /', undefined],
    ['DELETE', '/anything', 'ANY /{proxy+}', { proxy: 'anything' }],
    ['GET', '/v1/', 'ANY /{proxy+}', { proxy: 'v1/' }],
  ])('%s %s goes to the most specific: %s', (method, path, key, parameters) => {
    expect(find(KEYS, method, path)).toEqual([key, parameters]);
  });

  it('falls back to $default, and to nothing without it', () => {
    expect(find(['$default', 'GET /a'], 'GET', '/b')).toEqual(['$default', undefined]);
    expect(find(['GET /a'], 'GET', '/b')).toBeUndefined();
    expect(find(['GET /a'], 'POST', '/a')).toBeUndefined();
  });
});
