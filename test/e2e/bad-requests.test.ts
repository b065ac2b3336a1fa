import { describe, expect } from 'vitest';
import type { ApiCall } from '../support/api-client.ts';
import { ProblemDocument } from '../support/documents.ts';
import { api, inSeconds, it } from './target.ts';

const good = { name: 'Bad request', handler: 'demo.echo', schedule: { kind: 'once', at: inSeconds(7_200) } };
const cron = (fields: object) => ({ schedule: { kind: 'cron', ...fields } });
const once = (fields: object) => ({ schedule: { kind: 'once', ...fields } });
const every = (fields: object) => ({ schedule: { kind: 'interval', ...fields } });
const absent = (field: keyof typeof good) => {
  const { [field]: _, ...rest } = good;
  return rest;
};

/** What is wrong with the one task, and the paths that the answer must name. */
const BAD_TASKS: [string, object, string[]][] = [
  ['no name', absent('name'), ['name']],
  ['no handler', absent('handler'), ['handler']],
  ['no schedule', absent('schedule'), ['schedule']],
  ['nothing at all', {}, ['name', 'handler', 'schedule']],
  ['a name that is a number', { ...good, name: 5 }, ['name']],
  ['an empty name', { ...good, name: '' }, ['name']],
  ['a name of 129 characters', { ...good, name: 'x'.repeat(129) }, ['name']],
  ['half a character in the name', { ...good, name: '\ud83d' }, ['name']],
  ['a long description', { ...good, description: 'x'.repeat(1_025) }, ['description']],
  ['an unknown handler', { ...good, handler: 'demo.nothing' }, ['handler']],
  ['a handler of every object', { ...good, handler: 'constructor' }, ['handler']],
  ['a payload without what its handler needs', { ...good, handler: 'demo.send-email' }, ['payload.to']],
  [
    'a payload that its handler refuses',
    { ...good, handler: 'demo.send-email', payload: { to: 'nobody' } },
    ['payload.to'],
  ],
  ['a payload over 128 KiB', { ...good, payload: 'x'.repeat(128 * 1024) }, ['payload']],
  [
    'both a handler and a target',
    { ...good, target: { type: 'http', url: 'https://x.example' } },
    ['target'],
  ],
  [
    'a webhook to where clouds keep credentials',
    { ...absent('handler'), target: { type: 'http', url: 'https://169.254.169.254/' } },
    ['target.url'],
  ],
  [
    'a webhook with a line break in a header',
    { ...absent('handler'), target: { type: 'http', url: 'https://x.example', headers: { a: 'b\r\nc: d' } } },
    ['target.headers.a'],
  ],
  ['a queue that is not configured', { ...good, queue: 'nowhere' }, ['queue']],
  ['a queue of every object', { ...good, queue: 'toString' }, ['queue']],
  ['17 tags', { ...good, tags: Array.from({ length: 17 }, (_, n) => `t${n}`) }, ['tags']],
  ['a tag with capitals', { ...good, tags: ['ok', 'Not ok'] }, ['tags[1]']],
  ['tags that are no list', { ...good, tags: 'a' }, ['tags']],
  ['no time', { ...good, timeoutSeconds: 0 }, ['timeoutSeconds']],
  ['more time than a function has', { ...good, timeoutSeconds: 871 }, ['timeoutSeconds']],
  ['half a second', { ...good, timeoutSeconds: 1.5 }, ['timeoutSeconds']],
  ['a time in words', { ...good, timeoutSeconds: '60' }, ['timeoutSeconds']],
  ['101 retries', { ...good, retry: { limit: 101 } }, ['retry.limit']],
  ['fewer than no retries', { ...good, retry: { limit: -1 } }, ['retry.limit']],
  ['a strategy unheard of', { ...good, retry: { strategy: 'random' } }, ['retry.strategy']],
  ['a jitter unheard of', { ...good, retry: { jitter: 'some' } }, ['retry.jitter']],
  ['a cap below the base', { ...good, retry: { baseSeconds: 60, maxSeconds: 30 } }, ['retry.maxSeconds']],
  ['an unknown member of retry', { ...good, retry: { limits: 3 } }, ['retry.limits']],
  ['an overlap unheard of', { ...good, overlap: 'sometimes' }, ['overlap']],
  ['a misfire unheard of', { ...good, misfire: 'later' }, ['misfire']],
  ['catchUp under forbid', { ...good, misfire: 'catchUp', overlap: 'forbid' }, ['misfire']],
  ['a misfire grace below one lost message', { ...good, misfireGraceSeconds: 149 }, ['misfireGraceSeconds']],
  ['catching up with nothing', { ...good, catchUpLimit: 0 }, ['catchUpLimit']],
  ['an unknown field', { ...good, retries: 5 }, ['retries']],
  ['a status', { ...good, status: 'paused' }, ['status']],
  ['an id', { ...good, id: 'mine' }, ['id']],
  ['a schedule of unknown kind', { ...good, schedule: { kind: 'weekly' } }, ['schedule.kind']],
  ['a schedule that is a text', { ...good, schedule: '* * * * *' }, ['schedule']],
  ['cron without an expression', { ...good, ...cron({ expressions: [] }) }, ['schedule.expressions']],
  [
    '21 cron expressions',
    { ...good, ...cron({ expressions: Array.from({ length: 21 }, () => '* * * * *') }) },
    ['schedule.expressions'],
  ],
  ['a minute 60', { ...good, ...cron({ expressions: ['60 * * * *'] }) }, ['schedule.expressions[0]']],
  ['four fields', { ...good, ...cron({ expressions: ['* * * *'] }) }, ['schedule.expressions[0]']],
  [
    'no expression but words',
    { ...good, ...cron({ expressions: ['every day'] }) },
    ['schedule.expressions[0]'],
  ],
  ['a 30th of February', { ...good, ...cron({ expressions: ['0 0 30 2 *'] }) }, ['schedule.expressions[0]']],
  [
    'two wrong expressions of three',
    { ...good, ...cron({ expressions: ['x', '* * * * *', '* 25 * * *'] }) },
    ['schedule.expressions[0]', 'schedule.expressions[2]'],
  ],
  [
    'a time zone of nowhere',
    { ...good, ...cron({ expressions: ['@daily'], timezone: 'Mars/Olympus' }) },
    ['schedule.timezone'],
  ],
  ['an interval of nothing', { ...good, ...every({ seconds: 0 }) }, ['schedule.seconds']],
  ['an interval of half seconds', { ...good, ...every({ seconds: 0.5 }) }, ['schedule.seconds']],
  [
    'an end before the start',
    { ...good, ...every({ seconds: 5, startAt: inSeconds(600), endAt: inSeconds(300) }) },
    ['schedule.endAt'],
  ],
  ['an end in the past', { ...good, ...every({ seconds: 5, endAt: inSeconds(-5) }) }, ['schedule.endAt']],
  ['once, but never', { ...good, ...once({}) }, ['schedule']],
  ['once, but twice', { ...good, ...once({ at: inSeconds(60), delaySeconds: 60 }) }, ['schedule']],
  ['an instant long gone', { ...good, ...once({ at: inSeconds(-3_600) }) }, ['schedule.at']],
  ['an instant that is none', { ...good, ...once({ at: 'tomorrow' }) }, ['schedule.at']],
  ['a local time', { ...good, ...once({ at: '2035-01-01T09:00:00' }) }, ['schedule.at']],
  ['a 31st of April', { ...good, ...once({ at: '2035-04-31T09:00:00Z' }) }, ['schedule.at']],
  ['a delay back in time', { ...good, ...once({ delaySeconds: -1 }) }, ['schedule.delaySeconds']],
  ['now with an instant', { ...good, schedule: { kind: 'now', at: inSeconds(5) } }, ['schedule.at']],
  [
    'several things at once',
    {
      name: '',
      handler: 'x',
      schedule: { kind: 'interval', seconds: 0 },
      timeoutSeconds: 0,
      tags: ['A'],
      more: 1,
    },
    ['name', 'handler', 'schedule.seconds', 'timeoutSeconds', 'tags[0]', 'more'],
  ],
];

describe.concurrent('a task is refused, every problem named, for', () => {
  it.for(BAD_TASKS)('%s', async ([, json, paths]) => {
    const problem = await refused(422, 'POST', '/v1/tasks', { json });
    expect(problem.code).toBe('validation-failed');
    expect(problem.errors?.map(({ path }) => path).sort()).toEqual(paths.toSorted());
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };
/** Of a task that is made for the purpose: {task}. */
const BAD_REQUESTS: [string, number, string, string, ApiCall][] = [
  ['text that is no JSON', 400, 'POST', '/v1/tasks', { raw: '{"name": ' }],
  ['an empty body', 400, 'POST', '/v1/tasks', { raw: '', headers: JSON_TYPE }],
  ['a list for a task', 400, 'POST', '/v1/tasks', { json: [good] }],
  ['null for a task', 400, 'POST', '/v1/tasks', { json: null }],
  ['a number beyond all numbers', 400, 'POST', '/v1/tasks', { raw: '{"payload":1e999}' }],
  ['nesting without end', 400, 'POST', '/v1/tasks', { raw: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }],
  ['text that is no JSON in a patch', 400, 'PATCH', '/v1/tasks/{task}', { raw: 'name=x' }],
  [
    'an If-Match that is none',
    400,
    'PATCH',
    '/v1/tasks/{task}',
    { json: {}, headers: { 'If-Match': 'new' } },
  ],
  [
    'an Idempotency-Key of 300 characters',
    400,
    'POST',
    '/v1/tasks',
    { json: good, headers: { 'Idempotency-Key': 'k'.repeat(300) } },
  ],
  ['plain text', 415, 'POST', '/v1/tasks', { raw: 'hello', headers: { 'content-type': 'text/plain' } }],
  [
    'a form',
    415,
    'PUT',
    '/v1/tasks/{task}',
    { raw: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
  ['a body over 256 KiB', 413, 'POST', '/v1/tasks', { json: { ...good, payload: 'x'.repeat(256 * 1024) } }],
  ['a path that is not there', 404, 'GET', '/v1/nothing-here', {}],
  ['a path outside the version', 404, 'GET', '/tasks', {}],
  ['the root', 404, 'GET', '/', {}],
  ['a task that is not there', 404, 'GET', '/v1/tasks/no-such-task', {}],
  ['a task with an impossible id', 404, 'GET', `/v1/tasks/${'x'.repeat(200)}`, {}],
  ['a task with a slash in its id', 404, 'GET', '/v1/tasks/a%2Fb', {}],
  ['a task with a zero byte in its id', 404, 'GET', '/v1/tasks/a%00b', {}],
  ['patching what is not there', 404, 'PATCH', '/v1/tasks/no-such-task', { json: {} }],
  ['deleting what is not there', 404, 'DELETE', '/v1/tasks/no-such-task', {}],
  ['pausing what is not there', 404, 'POST', '/v1/tasks/no-such-task/pause', {}],
  ['triggering what is not there', 404, 'POST', '/v1/tasks/no-such-task/trigger', {}],
  ['the runs of what is not there', 404, 'GET', '/v1/tasks/no-such-task/executions', {}],
  ['an execution that is not there', 404, 'GET', '/v1/executions/no-such-task~000000000000001', {}],
  ['an execution with an impossible id', 404, 'GET', '/v1/executions/nothing', {}],
  ['cancelling what is not there', 404, 'POST', '/v1/executions/nothing/cancel', {}],
  ['retrying what is not there', 404, 'POST', '/v1/executions/nothing/retry', {}],
  ['a queue that is not there', 404, 'GET', '/v1/queues/nowhere', {}],
  ['a queue of every object', 404, 'GET', '/v1/queues/constructor', {}],
  ['the letters of a queue that is not there', 404, 'GET', '/v1/queues/nowhere/dead-letters', {}],
  ['deleting all tasks', 405, 'DELETE', '/v1/tasks', {}],
  ['posting to a task', 405, 'POST', '/v1/tasks/{task}', { json: good }],
  ['changing an execution', 405, 'PATCH', '/v1/executions/nothing', { json: {} }],
  ['getting an action', 405, 'GET', '/v1/tasks/{task}/pause', {}],
  ['an id with a space', 422, 'PUT', '/v1/tasks/a%20b', { json: good }],
  ['an id of 129 characters', 422, 'PUT', `/v1/tasks/${'x'.repeat(129)}`, { json: good }],
  ['two ids', 422, 'PUT', '/v1/tasks/{task}', { json: { ...good, id: 'another' } }],
  ['a patch without a name', 422, 'PATCH', '/v1/tasks/{task}', { json: { name: null } }],
  ['a patch with an unknown field', 422, 'PATCH', '/v1/tasks/{task}', { json: { colour: 'red' } }],
  ['a patch that makes the whole wrong', 422, 'PATCH', '/v1/tasks/{task}', { json: { misfire: 'catchUp' } }],
  ['a page of none', 422, 'GET', '/v1/tasks?limit=0', {}],
  ['a page of 201', 422, 'GET', '/v1/executions?limit=201', {}],
  ['a limit in words', 422, 'GET', '/v1/tasks?limit=many', {}],
  ['a cursor of ours from nowhere', 422, 'GET', '/v1/tasks?cursor=bm90aGluZw', {}],
  ['a filter unheard of', 422, 'GET', '/v1/tasks?colour=red', {}],
  ['a status unheard of', 422, 'GET', '/v1/executions?status=sleeping', {}],
  ['a day for an instant', 422, 'GET', '/v1/executions?from=yesterday', {}],
  ['no occurrence to come', 422, 'GET', '/v1/tasks/{task}/upcoming?count=0', {}],
  ['a trigger back in time', 422, 'POST', '/v1/tasks/{task}/trigger', { json: { delaySeconds: -1 } }],
  ['a trigger with an unknown field', 422, 'POST', '/v1/tasks/{task}/trigger', { json: { when: 'now' } }],
  ['a preview of nothing', 422, 'POST', '/v1/schedules/preview', { json: {} }],
  [
    'a preview of too many',
    422,
    'POST',
    '/v1/schedules/preview',
    { json: { schedule: good.schedule, count: 1e6 } },
  ],
  ['a redrive of one word', 422, 'POST', '/v1/queues/low/dead-letters/redrive', { json: { ids: 'all' } }],
  ['a purge without its word', 422, 'POST', '/v1/queues/low/dead-letters/purge', { json: {} }],
  [
    'a purge of another queue',
    422,
    'POST',
    '/v1/queues/low/dead-letters/purge',
    { json: { confirm: 'high' } },
  ],
];

describe.concurrent('a request is refused for', () => {
  it.for(BAD_REQUESTS)('%s: %i', async ([, status, method, path, call], { world }) => {
    const { id } = path.includes('{task}') ? await world.task({ schedule: good.schedule }) : { id: '' };
    await refused(status, method, path.replace('{task}', id), call);
  });

  it('a method that a path does not have, naming the ones it has', async () => {
    const { headers } = await api.call('PATCH', '/v1/tasks', { json: {} });
    expect(headers.get('allow')?.split(/,\s*/).sort()).toEqual(expect.arrayContaining(['GET', 'POST']));
  });

  /** A gateway may refuse this one itself, before anything of ours sees it, or leave it to us: no task has such an id. */
  it('percent signs that mean nothing', async () => {
    expect([400, 404]).toContain((await api.call('GET', '/v1/tasks/%E0%A4%A')).status);
  });

  it('a change of what has ended', async ({ world }) => {
    const task = await world.task({ schedule: { kind: 'now' } });
    await world.ended(task.id);
    const problem = await refused(409, 'POST', `/v1/tasks/${task.id}/pause`, {});
    expect(problem.code).toBe('state-conflict');
  });

  it('a trigger whose payload the handler refuses', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.send-email',
      payload: { to: 'a@b.example' },
      schedule: good.schedule,
    });
    const call = { json: { payload: { to: 7 } } };
    const problem = await refused(422, 'POST', `/v1/tasks/${task.id}/trigger`, call);
    expect(problem.errors?.map(({ path }) => path)).toEqual(['payload.to']);
    expect(await world.runs(task.id)).toEqual([]);
  });

  it('a cursor of another list', async ({ world }) => {
    const [one, other] = [
      await world.task({ schedule: good.schedule }),
      await world.task({ schedule: good.schedule }),
    ];
    expect(one.id).not.toBe(other.id);
    const page = await api.call('GET', '/v1/tasks?limit=1');
    expect(page).toMatchObject({ status: 200, body: { nextCursor: expect.any(String) } });
    const { nextCursor } = page.body as { nextCursor: string };
    await refused(422, 'GET', `/v1/executions?cursor=${encodeURIComponent(nextCursor)}`, {});
  });
});

/** Every refusal is a problem document that says its own status, and tells nothing about our insides. */
async function refused(status: number, method: string, path: string, call: ApiCall) {
  const reply = await api.call(method, path, call);
  const answer = { status: reply.status, body: reply.body };
  expect(answer).toMatchObject({ status });
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(JSON.stringify(reply.body)).not.toMatch(/node_modules|\.ts:\d|\.mjs:\d|at \w+ \(/);
  const problem = ProblemDocument.parse(reply.body);
  expect(problem.status).toBe(status);
  if (status === 405) expect(reply.headers.get('allow')).toBeTruthy();
  return problem;
}
