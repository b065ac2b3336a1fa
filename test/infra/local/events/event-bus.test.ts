import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { openEventBuses } from '../../../../infra/local/events/event-bus.ts';
import { compilePattern } from '../../../../infra/local/events/pattern.ts';
import type { Json } from '../../../../infra/local/template/intrinsics.ts';
import type { EventRulePlan } from '../../../../infra/local/template/plan-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 21, 9, 0, 0);
const OWN = 'arn:aws:events:us-east-1:000000000000:event-bus/own';
const Reply = z.object({
  FailedEntryCount: z.number(),
  Entries: z.array(z.object({ EventId: z.string().optional(), ErrorCode: z.string().optional() })),
});

const rule = (logicalId: string, bus: string, pattern: Json): EventRulePlan => ({
  logicalId,
  arn: `arn:${logicalId}`,
  bus,
  matches: compilePattern(pattern, logicalId),
  targets: [
    { to: { kind: 'queue', arn: 'arn:q', url: 'http://q' }, render: (event) => JSON.stringify(event) },
  ],
});

function buses(...rules: EventRulePlan[]) {
  const directory = temporaryFolder();
  const delivered: { by: string; event: Record<string, unknown> }[] = [];
  const opened = openEventBuses({
    plans: [{ name: 'own', arn: OWN }],
    rules,
    async deliver(_to, text, { logicalId }) {
      delivered.push({ by: logicalId, event: JSON.parse(text) });
    },
    directory,
    nowMs: () => NOW,
  });
  onTestFinished(() => opened.close());
  const put = async (...Entries: object[]) => {
    const { statusCode, body } = await opened.call('PutEvents', {
      Entries: Entries.map((entry) => ({ Source: 'shop', DetailType: 'order', Detail: '{"n":1}', ...entry })),
    });
    return { statusCode, body };
  };
  return { ...opened, put, delivered, log: () => readFileSync(join(directory, 'events.log'), 'utf8') };
}

it('an event goes to the targets of every rule of its bus that it matches, as EventBridge writes it', async () => {
  const { put, delivered, log } = buses(
    rule('Mine', 'default', { source: ['shop'] }),
    rule('Number', 'default', { detail: { n: [2] } }),
    rule('Elsewhere', 'own', { source: ['shop'] }),
  );
  const { body } = await put({}, { Detail: '{"n":2}', Time: NOW / 1_000 - 60, Resources: ['r'] });
  const ids = Reply.parse(body).Entries.map(({ EventId }) => EventId);
  expect(delivered.map(({ by, event }) => [by, ids.indexOf(String(event.id))]).sort()).toEqual([
    ['Mine', 0],
    ['Mine', 1],
    ['Number', 1],
  ]);
  expect(delivered.find(({ event }) => event.id === ids[1])?.event).toEqual({
    version: '0',
    id: ids[1],
    'detail-type': 'order',
    source: 'shop',
    account: '000000000000',
    time: '2026-11-21T08:59:00Z',
    region: 'us-east-1',
    resources: ['r'],
    detail: { n: 2 },
  });
  expect(log().trim().split('\n')).toHaveLength(2);
});

it('a bus is known by name or ARN, of the template or of a rule; another one is an error of its entry', async () => {
  const { put, delivered } = buses(
    rule('Own', 'own', { source: ['shop'] }),
    rule('Partner', 'partner', { source: ['shop'] }),
  );
  const { body } = await put(
    { EventBusName: 'own' },
    { EventBusName: OWN },
    { EventBusName: 'partner' },
    { EventBusName: 'nowhere' },
  );
  expect(Reply.parse(body)).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{}, {}, {}, { ErrorCode: 'ResourceNotFoundException' }],
  });
  expect(delivered.map(({ by }) => by).sort()).toEqual(['Own', 'Own', 'Partner']);
});

it.each([{ Detail: '{' }, { Detail: '[]' }, { Detail: undefined }, { Source: '' }])(
  'a malformed entry is refused: %j',
  async (entry) => {
    expect(await buses().put(entry)).toMatchObject({
      statusCode: 400,
      body: { __type: 'ValidationException' },
    });
  },
);

it('other operations are refused by name', async () => {
  expect(await buses().call('PutRule', {})).toMatchObject({
    statusCode: 400,
    body: { message: expect.stringContaining('PutRule') },
  });
});
