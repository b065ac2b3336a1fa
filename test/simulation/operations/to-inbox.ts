import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { EVENT_RULES, INBOX_URL } from '../deps.ts';
import type { OperationKind } from '../workload.ts';
import type { Deed, Person } from './person.ts';

/** Of messages: somebody sends it again; under the same id, but another one. */
const SHARE_DOUBLED = 0.4;
const SHARE_OTHER = 0.1;
const DOUBLED_AFTER_MS = [0, 30, 20_000];

/** Sent by somebody outside, whose own requests do not fail; the message is doubled by him, or by the queue. */
function send(person: Person, id: string, messageOf: (n: number) => object | string, choice: number): void {
  const { kernel, sqs, trace } = person.world;
  const sendOne = (n: number) => {
    const message = messageOf(n);
    const MessageBody = typeof message === 'string' ? message : JSON.stringify(message);
    trace(() => `somebody sends to the inbox: ${MessageBody}`);
    person.effects.sent(id, MessageBody);
    sqs.execute(new SendMessageCommand({ QueueUrl: INBOX_URL, MessageBody }));
  };
  sendOne(0);
  const share = (choice * 10) % 1;
  const afterMs = DOUBLED_AFTER_MS[Math.floor(choice * 30) % 3] ?? 0;
  if (share < SHARE_DOUBLED) kernel.after(afterMs, () => sendOne(share < SHARE_OTHER ? 1 : 0));
}

const RULES = Object.keys(EVENT_RULES);

export const TO_INBOX = {
  sendTrigger: (person, { task, choice }) => {
    const id = `sent-${person.next()}`;
    const delaySeconds = choice < 0.3 ? Math.floor(choice * 200) : 0;
    const asked = { v: 1, action: 'trigger', id, taskId: task, delaySeconds };
    send(person, `message/${id}`, (n) => ({ ...asked, payload: { n } }), choice);
  },
  sendCreation: (person, { choice }) => {
    const id = `sent-${person.next()}`;
    // Two of them may ask for a task of the same name.
    const named = choice < 0.5 ? {} : { taskId: `made-${Math.floor(choice * 100) % 2}` };
    const schedule = { kind: 'once', delaySeconds: Math.floor(choice * 300) };
    const task = { name: 'Made', handler: 'demo.echo', schedule };
    send(person, `event:${id}`, () => ({ v: 1, action: 'create', id, ...named, task }), choice);
  },
  sendEvent: (person, { choice }) => {
    const rule = RULES[Math.floor(choice * RULES.length)] ?? '';
    const id = `sent-${person.next()}`;
    const event = { id, source: 'shop', 'detail-type': 'order.placed', detail: { order: choice } };
    send(person, `rule/${rule}/${id}`, () => ({ v: 1, action: 'event', rule, event }), choice);
  },
  /** What can never be done. */
  sendNonsense: (person, { choice }) => {
    const id = `sent-${person.next()}`;
    const nonsense = [
      `${id} is no JSON`,
      { v: 2, action: 'trigger', id, taskId: 'task-0' },
      { v: 1, action: 'trigger', id, taskId: 'nobody' },
      { v: 1, action: 'create', id, task: { name: 'x', handler: 'nobody.knows', schedule: { kind: 'now' } } },
      { v: 1, action: 'event', rule: 'unknown', event: { id, source: 's', 'detail-type': 't', detail: {} } },
    ];
    send(person, id, () => nonsense[Math.floor(choice * nonsense.length)] ?? '', choice);
  },
  redriveInbox: ({ world: { sqs, kernel } }) => {
    const [from, to] = [sqs.queues.get(`${INBOX_URL}-dlq`), sqs.queues.get(INBOX_URL)];
    if (from && to) from.moveTo(to, kernel.nowMs);
  },
} satisfies Partial<Record<OperationKind, Deed>>;
