import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpFront } from '../../../../infra/local/http/front.ts';
import { openHttpServer } from '../../../../infra/local/http/server.ts';
import type { InvocationResult } from '../../../../infra/local/lambda/protocol.ts';
import type { HttpApiPlan, RoutePlan } from '../../../../infra/local/template/plan-http.ts';

type Answer = (event: Record<string, unknown>) => unknown;
const THROWS = (error: { errorType: string; errorMessage: string }) => () => {
  throw error;
};

/** A real port in front of functions that are plain callbacks. */
async function front(options: {
  routes?: Partial<RoutePlan>[];
  functions?: Record<string, Answer>;
  api?: Partial<HttpApiPlan>;
  /** Function and ARN of the API that may not call it. */
  forbidden?: string[];
}) {
  const calls: { functionId: string; event: Record<string, unknown> }[] = [];
  const functions: Record<string, Answer> = { Fn: (event) => event, ...options.functions };
  let nowMs = Date.parse('2026-11-21T09:05:00.000Z');
  const plan: HttpApiPlan = {
    apiId: 'api',
    stage: '$default',
    stageVariables: undefined,
    cors: undefined,
    routes: (options.routes ?? [{}]).map((route) => ({
      key: 'ANY /{proxy+}',
      functionId: 'Fn',
      timeoutMs: 5_000,
      authorizer: undefined,
      ...route,
    })),
    ...options.api,
  };
  const server = await openHttpServer({ host: '127.0.0.1', port: 0, warn: () => {} });
  onTestFinished(() => server.close());
  server.serve(
    createHttpFront({
      plan,
      nowMs: () => nowMs,
      mayInvoke: (functionId, sourceArn) => !options.forbidden?.includes(`${functionId} ${sourceArn}`),
      async invoke(functionId, event): Promise<InvocationResult> {
        const seen = event as Record<string, unknown>;
        calls.push({ functionId, event: seen });
        try {
          return { ok: true, payload: JSON.stringify((await functions[functionId]?.(seen)) ?? null) };
        } catch (error) {
          return { ok: false, error: error as { errorType: string; errorMessage: string } };
        }
      },
    }),
  );
  return {
    calls,
    call: (path: string, init?: RequestInit) => fetch(server.url + path, init),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('the event of a request', () => {
  it('is payload format 2.0', async () => {
    const { call, calls } = await front({ api: { stageVariables: { colour: 'blue' } } });
    await call('/v1/t%C3%A4sks?tag=a&tag=b%20c&empty=', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Many': 'one, two', Cookie: 'a=1; b=2' },
      body: '{"ü":1}',
    });
    expect(calls[0]?.event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /{proxy+}',
      rawPath: '/v1/täsks',
      rawQueryString: 'tag=a&tag=b%20c&empty=',
      queryStringParameters: { tag: 'a,b c', empty: '' },
      pathParameters: { proxy: 'v1/täsks' },
      stageVariables: { colour: 'blue' },
      cookies: ['a=1', 'b=2'],
      headers: { 'content-type': 'application/json', 'x-many': 'one, two' },
      body: '{"ü":1}',
      isBase64Encoded: false,
      requestContext: {
        apiId: 'api',
        stage: '$default',
        routeKey: 'ANY /{proxy+}',
        time: '21/Nov/2026:09:05:00 +0000',
        timeEpoch: Date.parse('2026-11-21T09:05:00.000Z'),
        http: { method: 'POST', path: '/v1/täsks', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
      },
    });
    expect(calls[0]?.event).not.toHaveProperty('headers.cookie');
  });

  it('leaves out what is not there', async () => {
    const { call, calls } = await front({});
    await call('/a');
    for (const absent of ['queryStringParameters', 'cookies', 'body', 'stageVariables'])
      expect(calls[0]?.event).not.toHaveProperty(absent);
  });

  it('carries bodies that are no text as base64', async () => {
    const { call, calls } = await front({});
    await call('/a', {
      method: 'POST',
      body: new Uint8Array([0, 255]),
      headers: { 'content-type': 'image/png' },
    });
    expect(calls[0]?.event).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  });

  it('knows stages other than $default as a prefix', async () => {
    const { call, calls } = await front({ api: { stage: 'prod' } });
    expect((await call('/v1')).status).toBe(404);
    await call('/prod/v1');
    expect(calls[0]?.event).toMatchObject({ rawPath: '/prod/v1', pathParameters: { proxy: 'v1' } });
  });
});

describe('the answer to a request', () => {
  const answering = async (answer: unknown) => (await front({ functions: { Fn: () => answer } })).call('/a');

  it('is what the function structured', async () => {
    const response = await answering({
      statusCode: 201,
      headers: { Location: '/a/1', 'X-Number': 4, Connection: 'close', 'Content-Length': '9999' },
      cookies: ['a=1', 'b=2; HttpOnly'],
      body: 'made',
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/a/1');
    expect(response.headers.get('x-number')).toBe('4');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; HttpOnly']);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('apigw-requestid')).toBeTruthy();
    expect(await response.text()).toBe('made');
  });

  it('may be binary', async () => {
    const response = await answering({ statusCode: 200, body: 'AP8=', isBase64Encoded: true });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
  });

  it('may have no body at all', async () => {
    const response = await answering({ statusCode: 204 });
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('is the returned value itself when it has no status', async () => {
    const object = await answering({ hello: 'world' });
    expect(object.headers.get('content-type')).toBe('application/json');
    expect(await object.json()).toEqual({ hello: 'world' });
    expect(await (await answering('plain')).text()).toBe('plain');
  });

  it.each([
    ['a status that is none', { statusCode: 'no' }],
    ['a header that cannot be written', { statusCode: 200, headers: { 'x-bad': 'a\r\nb' } }],
    ['a header name that is none', { statusCode: 200, headers: { 'x bad': 'a' } }],
  ])('is a 500 for %s', async (_, answer) => {
    const response = await answering(answer);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
  });

  it('is a 500 when the function fails, a 503 when it takes too long or cannot take more', async () => {
    const functions = {
      Fails: THROWS({ errorType: 'TypeError', errorMessage: 'secret detail' }),
      Late: () => new Promise(() => {}),
      Busy: THROWS({ errorType: 'TooManyRequestsException', errorMessage: '' }),
    };
    const { call } = await front({
      functions,
      routes: [
        { key: 'GET /fails', functionId: 'Fails' },
        { key: 'GET /late', functionId: 'Late', timeoutMs: 50 },
        { key: 'GET /busy', functionId: 'Busy' },
      ],
    });
    const failed = await call('/fails');
    expect([failed.status, await failed.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    for (const path of ['/late', '/busy']) {
      const response = await call(path);
      expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
    }
  });

  it('is a 404 where no route leads, a 400 for a path that cannot be decoded', async () => {
    const { call } = await front({ routes: [{ key: 'GET /a' }] });
    const response = await call('/b');
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
    expect((await call('/%E0%A4%A')).status).toBe(400);
  });

  it('is a 413 for a body over ten megabytes', async () => {
    const { call, calls } = await front({});
    const response = await call('/a', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect(response.status).toBe(413);
    expect(calls).toEqual([]);
  });
});

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
    ['says no', () => ({ isAuthorized: false }), 403, 'Forbidden'],
    ['says Unauthorized', THROWS({ errorType: 'Error', errorMessage: 'Unauthorized' }), 401, 'Unauthorized'],
    ['fails', THROWS({ errorType: 'Error', errorMessage: 'x' }), 500, 'Internal Server Error'],
    ['says something else', () => 'yes', 500, 'Internal Server Error'],
  ])('that %s keeps the request from the function', async (_, answer, status, message) => {
    const { call, calls } = await guarded(answer);
    const response = await call('/a');
    expect([response.status, await response.json()]).toEqual([status, { message }]);
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
});

describe('CORS', () => {
  const cors = {
    AllowOrigins: ['https://console.example'],
    AllowMethods: ['*'],
    AllowHeaders: ['authorization'],
    ExposeHeaders: ['etag'],
    MaxAge: 3600,
    AllowCredentials: false,
  };

  it('answers preflight requests itself', async () => {
    const { call, calls } = await front({ api: { cors } });
    const ask = (origin: string) =>
      call('/a', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });
    const allowed = await ask('https://console.example');
    expect(allowed.status).toBe(204);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': 'https://console.example',
      'access-control-allow-methods': '*',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '3600',
    });
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    expect(calls).toEqual([]);
  });

  it('speaks for the function', async () => {
    const { call } = await front({
      api: { cors },
      functions: { Fn: () => ({ statusCode: 200, headers: { 'access-control-allow-origin': '*' } }) },
    });
    const response = await call('/a', { headers: { origin: 'https://console.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('https://console.example');
    expect(response.headers.get('access-control-expose-headers')).toBe('etag');
    expect((await call('/a')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('passes OPTIONS on where nothing is configured', async () => {
    const { call, calls } = await front({});
    await call('/a', { method: 'OPTIONS', headers: { origin: 'x', 'access-control-request-method': 'PUT' } });
    expect(calls).toHaveLength(1);
  });
});
