import { describe, expect, it } from 'vitest';
import type { HttpFrontDeps } from '../../../../infra/local/http/front.ts';
import { front, problemIn, THROWS } from '../support/http-front.ts';

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
    expect(await problemIn(response)).toBe('internal');
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
    expect([failed.status, await problemIn(failed)]).toEqual([500, 'internal']);
    for (const path of ['/late', '/busy']) {
      const response = await call(path);
      expect([response.status, await problemIn(response)]).toEqual([503, 'unavailable']);
      expect(response.headers.get('retry-after')).toBe('1');
    }
  });

  it('is a 404 where no route leads, a 400 for a path that cannot be decoded', async () => {
    const { call } = await front({ routes: [{ key: 'GET /a' }] });
    const response = await call('/b');
    expect([response.status, await problemIn(response)]).toEqual([404, 'route-not-found']);
    const undecodable = await call('/%E0%A4%A');
    expect([undecodable.status, await problemIn(undecodable)]).toEqual([400, 'bad-request']);
  });

  it('is a 413 for a body over ten megabytes', async () => {
    const { call, calls } = await front({});
    const response = await call('/a', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect([response.status, await problemIn(response)]).toEqual([413, 'payload-too-large']);
    expect(calls).toEqual([]);
  });
});

describe('throttling', () => {
  const throttle = { perSecond: 2, burst: 3 };

  it('lets so many in at once and so many a second after, and says when to come again', async () => {
    const { call, calls, pass } = await front({ routes: [{ throttle }] });
    const statuses = async (count: number) => {
      const answers = await Promise.all(Array.from({ length: count }, () => call('/a')));
      return answers.map(({ status }) => status).toSorted();
    };
    expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
    pass(500);
    expect(await statuses(2)).toEqual([200, 429]);
    pass(60_000);
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
    const refused = await call('/a');
    expect([refused.headers.get('retry-after'), await problemIn(refused)]).toEqual(['1', 'throttled']);
    expect(calls).toHaveLength(7);
  });

  it('is by route, and comes before the authorizer', async () => {
    const authorizer = { id: 'Auth', functionId: 'Auth', identitySources: [], cacheSeconds: 0 };
    const { call, calls } = await front({
      routes: [{}, { key: 'GET /dear', throttle: { perSecond: 0.1, burst: 1 }, authorizer }],
      functions: { Auth: () => ({ isAuthorized: true }) },
    });
    expect((await call('/dear')).status).toBe(200);
    const refused = await call('/dear');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
    expect((await call('/a')).status).toBe(200);
    expect(calls.filter(({ functionId }) => functionId === 'Auth')).toHaveLength(1);
  });
});

describe('a stream', () => {
  /** The authorizer names the tenant that stands in the header; the function says that it cannot stream. */
  async function streaming(live: HttpFrontDeps['live']) {
    const authorizer = { id: 'A', functionId: 'Names', identitySources: [], cacheSeconds: 0 };
    const functions = {
      Names: ({ headers }: Record<string, unknown>) => ({
        isAuthorized: true,
        context: { tenant: Object(headers).tenant },
      }),
      Fn: ({ headers }: Record<string, unknown>) => ({ statusCode: Object(headers).refused ? 401 : 204 }),
    };
    const { call } = await front({ routes: [{ authorizer }], functions, live });
    return (headers: Record<string, string>, path = '/v1/events', method = 'GET') =>
      call(path, { method, headers: { accept: 'text/event-stream', ...headers } });
  }
  const saying = (asked: string[] = []): HttpFrontDeps['live'] => ({
    follow: (tenant, mayStay) => (to) => {
      asked.push(tenant);
      void mayStay().then((stays) => to.end(`${tenant} ${stays}`));
    },
  });

  it('is what the one gets whom the function has let in, as long as he is still the same', async () => {
    const ask = await streaming(saying());
    const response = await ask({ tenant: 'acme' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(await response.text()).toBe('acme true');
  });

  it('is nothing for others, nor for other requests', async () => {
    const asked: string[] = [];
    const ask = await streaming(saying(asked));
    expect((await ask({ tenant: 'acme', refused: 'yes' })).status).toBe(401);
    expect((await ask({ tenant: 'acme', accept: '*/*' })).status).toBe(204);
    expect((await ask({ tenant: 'acme' }, '/v1/other')).status).toBe(204);
    expect((await ask({ tenant: 'acme' }, '/v1/events', 'HEAD')).status).toBe(204);
    expect((await ask({})).status).toBe(204);
    expect(asked).toEqual([]);
  });

  it('is left to the function when there is no place', async () => {
    expect((await (await streaming({ follow: () => undefined }))({ tenant: 'acme' })).status).toBe(204);
    expect((await (await streaming(undefined))({ tenant: 'acme' })).status).toBe(204);
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

  it('lets pages read refusals, too', async () => {
    const { call } = await front({
      api: { cors },
      routes: [{ key: 'GET /a', throttle: { perSecond: 1, burst: 1 } }],
    });
    const headers = { origin: 'https://console.example' };
    for (const path of ['/b', '/a', '/a'])
      expect((await call(path, { headers })).headers.get('access-control-allow-origin')).toBe(
        'https://console.example',
      );
  });

  it('passes OPTIONS on where nothing is configured', async () => {
    const { call, calls } = await front({});
    await call('/a', { method: 'OPTIONS', headers: { origin: 'x', 'access-control-request-method': 'PUT' } });
    expect(calls).toHaveLength(1);
  });
});
