import { describe, expect, it } from 'vitest';
import { type Call, makeApiWorld, TASK } from './api-world.ts';

/** What callers can get wrong: each gets a problem document with the right status, and never a 500. */
const post = (body: unknown): Call => ({ method: 'POST', path: '/v1/tasks', body });
const withField = (field: object): Call => post({ ...TASK, ...field });
const typed = (contentType: string): Call => ({ ...post(TASK), headers: { 'content-type': contentType } });
const raw = (body: string): Call => post(body);
const schedule = (value: unknown): Call => withField({ schedule: value });

const UNPROCESSABLE: [what: string, call: Call, paths: string[]][] = [
  ['an empty object', post({}), ['name', 'handler', 'schedule']],
  ['an unknown field', withField({ colour: 'red' }), ['colour']],
  [
    'a field called __proto__',
    raw(`{"name":"n","handler":"demo.echo","schedule":{"kind":"now"},"__proto__":{"x":1}}`),
    ['__proto__'],
  ],
  ['a field called constructor', withField({ constructor: 1 }), ['constructor']],
  ['an id', withField({ id: 'mine' }), ['id']],
  ['a status', withField({ status: 'paused' }), ['status']],
  ['a read-only field', withField({ version: 7, createdAt: 'x' }), ['version', 'createdAt']],
  ['a handler and a target', withField({ target: { type: 'http', url: 'https://x' } }), ['target']],
  ['a cap of 0', withField({ concurrency: [{ key: 'a', limit: 0 }] }), ['concurrency[0].limit']],
  ['a cap without its limit', withField({ concurrency: [{ key: 'a' }] }), ['concurrency[0].limit']],
  ['a cap on a bad key', withField({ concurrency: [{ key: 'A b', limit: 1 }] }), ['concurrency[0].key']],
  [
    'two caps on one key',
    withField({ concurrency: ['a', 'b', 'a'].map((key) => ({ key, limit: 1 })) }),
    ['concurrency[2].key'],
  ],
  [
    'five caps',
    withField({ concurrency: ['a', 'b', 'c', 'd', 'e'].map((key) => ({ key, limit: 1 })) }),
    ['concurrency'],
  ],
  ['a rate of 0', withField({ rateLimit: [{ key: 'a', limit: 0, perSeconds: 1 }] }), ['rateLimit[0].limit']],
  [
    'a rate without its period',
    withField({ rateLimit: [{ key: 'a', limit: 101 }] }),
    ['rateLimit[0].limit', 'rateLimit[0].perSeconds'],
  ],
  ['stop and deadline', withField({ stop: {}, deadline: null }), ['stop', 'deadline']],
  ['an empty name', withField({ name: '' }), ['name']],
  ['a name too long', withField({ name: 'x'.repeat(129) }), ['name']],
  ['a name that is no text', withField({ name: 5 }), ['name']],
  [
    'half a surrogate pair in the name',
    raw(JSON.stringify({ ...TASK, name: 'x' }).replace('"x"', '"\\ud800"')),
    ['name'],
  ],
  ['a description too long', withField({ description: 'x'.repeat(1025) }), ['description']],
  ['null for a field', withField({ tags: null }), ['tags']],
  ['an unregistered handler', withField({ handler: 'no.such' }), ['handler']],
  ['a handler called __proto__', withField({ handler: '__proto__' }), ['handler']],
  ['a payload that the handler refuses', withField({ handler: 'demo.send-email' }), ['payload.to']],
  ['half a surrogate pair in a payload', raw('{"payload":{"a":"\\udead"}}'), ['payload.a']],
  ['a payload too large', withField({ payload: 'x'.repeat(128 * 1024) }), ['payload']],
  ['an unknown queue', withField({ queue: 'toString' }), ['queue']],
  ['too many tags', withField({ tags: Array.from({ length: 17 }, (_, at) => `t${at}`) }), ['tags']],
  ['bad tags', withField({ tags: ['ok', 'Not Ok', 'x'.repeat(65)] }), ['tags[1]', 'tags[2]']],
  ['heartbeats too close', withField({ heartbeatSeconds: 4 }), ['heartbeatSeconds']],
  [
    'heartbeats beyond the timeout',
    withField({ timeoutSeconds: 30, heartbeatSeconds: 31 }),
    ['heartbeatSeconds'],
  ],
  ['heartbeats beyond the timeout of the queue', withField({ heartbeatSeconds: 61 }), ['heartbeatSeconds']],
  ['a timeout of 0', withField({ timeoutSeconds: 0 }), ['timeoutSeconds']],
  ['a timeout of 871', withField({ timeoutSeconds: 871 }), ['timeoutSeconds']],
  ['a timeout with a fraction', withField({ timeoutSeconds: 1.5 }), ['timeoutSeconds']],
  ['a timeout as text', withField({ timeoutSeconds: '60' }), ['timeoutSeconds']],
  [
    'a number beyond all bounds',
    raw('{"name":"n","handler":"demo.echo","schedule":{"kind":"now"},"timeoutSeconds":1e300}'),
    ['timeoutSeconds'],
  ],
  [
    'a retry strategy that is none',
    withField({ retry: { strategy: 'hope', limit: -1 } }),
    ['retry.strategy', 'retry.limit'],
  ],
  ['a cap below the base', withField({ retry: { baseSeconds: 60, maxSeconds: 30 } }), ['retry.maxSeconds']],
  ['an unknown member of retry', withField({ retry: { backoff: 2 } }), ['retry.backoff']],
  ['forbid with catchUp', withField({ overlap: 'forbid', misfire: 'catchUp' }), ['misfire']],
  ['catchUp without an overlap', withField({ misfire: 'catchUp' }), ['misfire']],
  ['a grace too short', withField({ misfireGraceSeconds: 149 }), ['misfireGraceSeconds']],
  ['a schedule of no kind', schedule({}), ['schedule.kind']],
  ['a schedule of an unknown kind', schedule({ kind: 'never' }), ['schedule.kind']],
  ['a schedule that is a list', schedule([]), ['schedule']],
  [
    'a bad cron expression',
    schedule({ kind: 'cron', expressions: ['0 0 * * *', '61 * * * *'] }),
    ['schedule.expressions[1]'],
  ],
  ['no cron expression', schedule({ kind: 'cron', expressions: [] }), ['schedule.expressions']],
  [
    'an unknown time zone',
    schedule({ kind: 'cron', expressions: ['0 0 * * *'], timezone: 'Mars/Olympus' }),
    ['schedule.timezone'],
  ],
  ['an interval of 0', schedule({ kind: 'interval', seconds: 0 }), ['schedule.seconds']],
  [
    'a member of another kind',
    schedule({ kind: 'interval', seconds: 5, expressions: [] }),
    ['schedule.expressions'],
  ],
  ['an instant long past', schedule({ kind: 'once', at: '2020-01-01T00:00:00.000Z' }), ['schedule.at']],
  ['an instant that is none', schedule({ kind: 'once', at: 'tomorrow' }), ['schedule.at']],
  [
    'an end in the past',
    schedule({ kind: 'interval', seconds: 5, endAt: '2026-11-21T08:00:00.000Z' }),
    ['schedule.endAt'],
  ],
  [
    'much at once, all of it listed',
    post({
      name: '',
      handler: 'nope',
      queue: 'nope',
      misfire: 'catchUp',
      retry: { baseSeconds: 9, maxSeconds: 3 },
      schedule: { kind: 'cron', expressions: ['nope'] },
      extra: 1,
    }),
    ['name', 'extra', 'queue', 'handler', 'misfire', 'retry.maxSeconds', 'schedule.expressions[0]'],
  ],
  ['a PUT with a bad id', { ...post(TASK), method: 'PUT', path: '/v1/tasks/-bad' }, ['id']],
  [
    'a PUT with an id too long',
    { ...post(TASK), method: 'PUT', path: `/v1/tasks/${'x'.repeat(129)}` },
    ['id'],
  ],
  ['a PUT with an encoded slash', { ...post(TASK), method: 'PUT', path: '/v1/tasks/a%2Fb' }, ['id']],
  [
    'a PUT with another id in the body',
    { ...withField({ id: 'b' }), method: 'PUT', path: '/v1/tasks/a' },
    ['id'],
  ],
  ['a limit of 0', { path: '/v1/tasks', query: 'limit=0' }, ['limit']],
  ['a limit of 201', { path: '/v1/executions', query: 'limit=201' }, ['limit']],
  ['a limit that is no number', { path: '/v1/tasks', query: 'limit=many' }, ['limit']],
  ['a limit given twice', { path: '/v1/tasks', query: 'limit=1&limit=2' }, ['limit']],
  ['an unknown filter', { path: '/v1/tasks', query: 'colour=red&__proto__=1' }, ['colour', '__proto__']],
  ['an unknown status', { path: '/v1/tasks', query: 'status=asleep' }, ['status']],
  ['an unknown status of executions', { path: '/v1/executions', query: 'status=dead,alive' }, ['status']],
  ['an instant that is none in a filter', { path: '/v1/executions', query: 'from=yesterday' }, ['from']],
  ['a cursor of nothing', { path: '/v1/tasks', query: 'cursor=' }, ['cursor']],
  ['a cursor of garbage', { path: '/v1/tasks', query: 'cursor=%00%ff%F0' }, ['cursor']],
  [
    'a cursor of other JSON',
    { path: '/v1/executions', query: `cursor=${Buffer.from('[1]').toString('base64url')}` },
    ['cursor'],
  ],
  [
    'a cursor of another list',
    {
      path: '/v1/executions',
      query: `cursor=${Buffer.from('{"list":"tasks","at":{}}').toString('base64url')}`,
    },
    ['cursor'],
  ],
  ['a preview of nothing', { method: 'POST', path: '/v1/schedules/preview', body: {} }, ['schedule']],
  [
    'a preview of too much',
    { method: 'POST', path: '/v1/schedules/preview', body: { schedule: { kind: 'now' }, count: 101 } },
    ['count'],
  ],
  [
    'a preview of a bad schedule',
    {
      method: 'POST',
      path: '/v1/schedules/preview',
      body: { schedule: { kind: 'cron', expressions: ['x'] } },
    },
    ['schedule.expressions[0]'],
  ],
  [
    'an unconfirmed purge',
    { method: 'POST', path: '/v1/queues/low/dead-letters/purge', body: { confirm: 'high' } },
    ['confirm'],
  ],
  [
    'a purge without a word',
    { method: 'POST', path: '/v1/queues/low/dead-letters/purge', body: {} },
    ['confirm'],
  ],
  [
    'a redrive of numbers',
    { method: 'POST', path: '/v1/queues/low/dead-letters/redrive', body: { ids: [1] } },
    ['ids[0]'],
  ],
];

const OTHERS: [what: string, call: Call, status: number, code: string][] = [
  ['JSON cut off', raw('{"name":'), 400, 'malformed-json'],
  ['no body', { method: 'POST', path: '/v1/tasks' }, 400, 'malformed-json'],
  ['an empty body', raw(''), 400, 'malformed-json'],
  ['a list', post([TASK]), 400, 'malformed-json'],
  ['null', raw('null'), 400, 'malformed-json'],
  ['a number too large to keep', raw('{"payload":1e999}'), 400, 'malformed-json'],
  [
    'JSON nested too deeply',
    raw(`{"payload":${'['.repeat(60_000)}${']'.repeat(60_000)}}`),
    400,
    'malformed-json',
  ],
  ['more values than anybody needs', raw(`{"payload":[${'0,'.repeat(60_000)}0]}`), 400, 'malformed-json'],
  ['a name that is there twice', raw('{"name":"a","name":"b"}'), 400, 'malformed-json'],
  ['a whole number that would change', raw('{"payload":9007199254740993}'), 400, 'malformed-json'],
  [
    'bytes that are not UTF-8',
    { ...post(undefined), body: '\u00ff', base64: true, headers: { 'content-type': 'application/json' } },
    400,
    'malformed-json',
  ],
  [
    'a merge patch that is a list',
    { ...raw('[]'), method: 'PATCH', path: '/v1/tasks/a' },
    400,
    'malformed-json',
  ],
  [
    'an Idempotency-Key with spaces',
    { ...post(TASK), headers: { 'idempotency-key': 'a b' } },
    400,
    'precondition-invalid',
  ],
  [
    'an Idempotency-Key too long',
    { ...post(TASK), headers: { 'idempotency-key': 'x'.repeat(256) } },
    400,
    'precondition-invalid',
  ],
  [
    'an If-Match that is none',
    { ...post(TASK), method: 'PUT', path: '/v1/tasks/a', headers: { 'if-match': '"a' } },
    400,
    'precondition-invalid',
  ],
  ['a body too large', post({ ...TASK, description: 'x'.repeat(256 * 1024) }), 413, 'payload-too-large'],
  [
    'a body too large in characters of several bytes',
    post({ description: '€'.repeat(100_000) }),
    413,
    'payload-too-large',
  ],
  ['plain text', typed('text/plain'), 415, 'unsupported-media-type'],
  ['a form', typed('application/x-www-form-urlencoded'), 415, 'unsupported-media-type'],
  ['a merge patch where none belongs', typed('application/merge-patch+json'), 415, 'unsupported-media-type'],
  ['another charset', typed('application/json; charset=utf-16'), 415, 'unsupported-media-type'],
  ['an unknown path', { path: '/v1/nothing' }, 404, 'route-not-found'],
  ['an unknown version', { path: '/v2/tasks' }, 404, 'route-not-found'],
  ['the root', { path: '/' }, 404, 'route-not-found'],
  ['a path of prototypes', { path: '/__proto__' }, 404, 'route-not-found'],
  ['an unknown task', { path: '/v1/tasks/none' }, 404, 'not-found'],
  ['a task id that cannot be', { path: '/v1/tasks/%00' }, 404, 'not-found'],
  ['a task id that does not decode', { path: '/v1/tasks/%E0%A4%A' }, 404, 'not-found'],
  ['a task called __proto__', { path: '/v1/tasks/__proto__' }, 404, 'not-found'],
  ['executions of an unknown task', { path: '/v1/tasks/none/executions' }, 404, 'not-found'],
  ['upcoming of an unknown task', { path: '/v1/tasks/none/upcoming' }, 404, 'not-found'],
  ['a patch of an unknown task', { method: 'PATCH', path: '/v1/tasks/none', body: {} }, 404, 'not-found'],
  ['a pause of an unknown task', { method: 'POST', path: '/v1/tasks/none/pause' }, 404, 'not-found'],
  ['a trigger of an unknown task', { method: 'POST', path: '/v1/tasks/none/trigger' }, 404, 'not-found'],
  ['an unknown execution', { path: '/v1/executions/none~000001792573200000' }, 404, 'not-found'],
  ['an execution id that cannot be', { path: '/v1/executions/..%2F' }, 404, 'not-found'],
  ['a cancel of an unknown execution', { method: 'POST', path: '/v1/executions/x/cancel' }, 404, 'not-found'],
  ['an unknown queue', { path: '/v1/queues/none' }, 404, 'not-found'],
  ['a queue called constructor', { path: '/v1/queues/constructor/dead-letters' }, 404, 'not-found'],
];

describe('what is refused as not valid', () => {
  it.each(UNPROCESSABLE)('%s', async (_what, call, paths) => {
    const { status, body } = await makeApiWorld().call(call);
    expect([status, body.code]).toEqual([422, 'validation-failed']);
    const named = new Set(body.errors.map((error: { path: string }) => error.path));
    expect([...named].toSorted()).toEqual(paths.toSorted());
  });
});

describe('what is wrong in very many places', () => {
  it('is told in part, with how much more there is', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, at) => [`${'x'.repeat(30)}${at}`, 0]),
    );
    const { status, body } = await makeApiWorld().call(withField(fields));
    expect([status, body.errors.length, body.errors.at(-1).message]).toEqual([422, 101, 'and 4900 more']);
  });
  it('is told with paths that somebody can read', async () => {
    const { status, body } = await makeApiWorld().call(withField({ ['y'.repeat(100_000)]: 0 }));
    expect([status, body.errors[0].path]).toEqual([422, 'y'.repeat(256)]);
  });
});

describe('what is refused otherwise', () => {
  it.each(OTHERS)('%s', async (_what, call, status, code) => {
    const answer = await makeApiWorld().call(call);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.type).toBe(`urn:escapement:problem:${code}`);
  });
});

describe('methods', () => {
  it.each([
    ['DELETE', '/v1/tasks', 'GET, HEAD, POST'],
    ['POST', '/v1/tasks/a', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['GET', '/v1/tasks/a/pause', 'POST'],
    ['DELETE', '/v1/queues/high', 'GET, HEAD, PATCH'],
    ['OPTIONS', '/v1/executions', 'GET, HEAD'],
    ['PROPFIND', '/v1/executions', 'GET, HEAD'],
    ['POST', '/v1/health', 'GET, HEAD'],
  ])('%s %s answers 405 with Allow', async (method, path, allow) => {
    const answer = await makeApiWorld().call({ method, path });
    expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
  });
  it('answers HEAD as GET without its body', async () => {
    const answer = await makeApiWorld().call({ method: 'HEAD', path: '/v1/tasks' });
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([
      200,
      '',
      'application/json',
    ]);
  });
});

describe('credentials', () => {
  it.each(['/v1/tasks', '/v1/executions', '/v1/queues', '/v1/handlers', '/v1/nothing', '/'])(
    'refuses %s without one',
    async (path) => {
      const answer = await makeApiWorld().call({ path, role: null });
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    },
  );
  it('refuses a body before it looks at it', async () => {
    expect((await makeApiWorld().call({ ...raw('{'), role: null })).status).toBe(401);
  });
  it.each<[Call, 'viewer' | 'operator']>([
    [post(TASK), 'viewer'],
    [{ ...post(TASK), method: 'PUT', path: '/v1/tasks/a' }, 'viewer'],
    [{ method: 'DELETE', path: '/v1/tasks/a' }, 'viewer'],
    [{ method: 'POST', path: '/v1/tasks/a/trigger' }, 'viewer'],
    [{ method: 'POST', path: '/v1/executions/a/retry' }, 'viewer'],
    [{ method: 'POST', path: '/v1/queues/low/dead-letters/redrive' }, 'viewer'],
    [{ method: 'POST', path: '/v1/queues/low/dead-letters/purge', body: { confirm: 'low' } }, 'operator'],
  ])('refuses %o to a %s', async (call, role) => {
    const answer = await makeApiWorld().call({ ...call, role });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });
});

describe('faults that are not the caller’s', () => {
  it('answers 503 with Retry-After while the store throttles', async () => {
    const { call, hooks } = makeApiWorld();
    const { SchedulerError } = await import('../../../shared/domain/errors.ts');
    hooks.before = () => {
      throw new SchedulerError('unavailable', 'dynamodb is throttling or away', {
        retryAfterSeconds: 2,
        service: 'dynamodb',
      });
    };
    const answer = await call({ path: '/v1/tasks/a' });
    expect([answer.status, answer.headers['retry-after'], answer.body.code]).toEqual([
      503,
      '2',
      'unavailable',
    ]);
  });
  it('logs what went wrong and tells the caller only where to find it', async () => {
    const { call, hooks, lines } = makeApiWorld();
    hooks.before = () => {
      throw new Error('secret detail');
    };
    const answer = await call({ path: '/v1/tasks/a' });
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(answer)).not.toContain('secret detail');
    expect(lines).toMatchObject([{ level: 'error', fields: { requestId: answer.body.requestId } }]);
  });
});
