import { describe, expect, it } from 'vitest';
import { type Answer, front, problemIn, THROWS } from '../support/http-front.ts';

describe('a Lambda authorizer', () => {
  const authorizer = { id: 'Auth', functionId: 'Auth', identitySources: [] as string[], cacheSeconds: 0 };
  const guarded = (answer: Answer, more: Partial<typeof authorizer> = {}) =>
    front({ routes: [{ authorizer: { ...authorizer, ...more } }], functions: { Auth: answer } });

  it('is asked with its own event, and its context reaches the function', async () => {
    const { call, calls } = await guarded(() => ({ isAuthorized: true, context: { role: 'admin' } }));
    await call('/a', { headers: { authorization: 'Bearer x' } });
    expect(calls[0]).toMatchObject({
      functionId: 'Auth',
      event: {
        version: '2.0',
        type: 'REQUEST',
        routeArn: 'arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/a',
        identitySource: null,
        headers: { authorization: 'Bearer x' },
      },
    });
    expect(calls[1]?.event).toMatchObject({ requestContext: { authorizer: { lambda: { role: 'admin' } } } });
  });

  it.each<[string, Answer, number, string]>([
    ['says no', () => ({ isAuthorized: false }), 403, 'forbidden'],
    [
      'says Unauthorized',
      THROWS({ errorType: 'Error', errorMessage: 'Unauthorized' }),
      401,
      'unauthenticated',
    ],
    ['fails', THROWS({ errorType: 'Error', errorMessage: 'x' }), 500, 'internal'],
    ['says something else', () => 'yes', 500, 'internal'],
  ])('that %s keeps the request from the function', async (_, answer, status, code) => {
    const { call, calls } = await guarded(answer);
    const response = await call('/a');
    expect([response.status, await problemIn(response)]).toEqual([status, code]);
    expect(calls.map(({ functionId }) => functionId)).toEqual(['Auth']);
  });

  it('is not asked when an identity source is missing', async () => {
    const { call, calls } = await guarded(() => ({ isAuthorized: true }), {
      identitySources: ['$request.header.Authorization', '$request.querystring.key'],
    });
    expect((await call('/a', { headers: { authorization: 'x' } })).status).toBe(401);
    expect(calls).toEqual([]);
    await call('/a?key=k', { headers: { authorization: 'x' } });
    expect(calls[0]?.event).toMatchObject({ identitySource: ['x', 'k'] });
  });

  it('is remembered by its identity sources for as long as it says', async () => {
    const { call, calls, pass } = await guarded(() => ({ isAuthorized: true }), {
      identitySources: ['$request.header.Authorization'],
      cacheSeconds: 60,
    });
    const asked = () => calls.filter(({ functionId }) => functionId === 'Auth').length;
    const as = (who: string) => call('/a', { headers: { authorization: who } });
    await as('x');
    await as('x');
    expect(asked()).toBe(1);
    await as('y');
    expect(asked()).toBe(2);
    pass(60_000);
    await as('x');
    expect(asked()).toBe(3);
  });

  it('is asked for each route by itself where the route is an identity source', async () => {
    const guard = {
      ...authorizer,
      identitySources: ['$request.header.Authorization', '$context.routeKey'],
      cacheSeconds: 60,
    };
    const { call, calls } = await front({
      routes: [
        { key: 'GET /a', authorizer: guard },
        { key: 'GET /b', authorizer: guard },
      ],
      functions: { Auth: ({ routeKey }) => ({ isAuthorized: routeKey === 'GET /a' }) },
    });
    const headers = { authorization: 'x' };
    expect((await call('/a', { headers })).status).toBe(200);
    expect((await call('/b', { headers })).status).toBe(403);
    expect(calls.filter(({ functionId }) => functionId === 'Auth')).toHaveLength(2);
  });
});
