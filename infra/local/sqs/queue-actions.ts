import * as z from 'zod';
import { type Action, action, QueueUrl } from './action.ts';
import { invalidParameter, SqsError } from './errors.ts';
import type { Queue } from './queue.ts';
import { ATTRIBUTE_NAMES, queueSettings } from './queue-attributes.ts';

const PURGE_INTERVAL_MS = 60_000;
const Texts = z.record(z.string(), z.string());
const Page = z.object({ MaxResults: z.number().int().optional(), NextToken: z.string().optional() });

export const queueActions: Readonly<Record<string, Action>> = {
  CreateQueue: action(
    z.object({ QueueName: z.string(), Attributes: Texts.optional(), tags: Texts.optional() }),
    (input, { store }) => {
      const queue = store.create(input.QueueName, input.Attributes ?? {});
      for (const [key, value] of Object.entries(input.tags ?? {})) queue.tags.set(key, value);
      return { QueueUrl: queue.url };
    },
  ),

  DeleteQueue: action(z.object({ QueueUrl }), (input, { store }) => {
    store.delete(store.byUrl(input.QueueUrl));
    return {};
  }),

  GetQueueUrl: action(z.object({ QueueName: z.string() }), (input, { store }) => ({
    QueueUrl: store.byName(input.QueueName).url,
  })),

  ListQueues: action(Page.extend({ QueueNamePrefix: z.string().optional() }), (input, { store }) => {
    const prefix = input.QueueNamePrefix ?? '';
    const { urls, rest } = page(
      store.all().filter((queue) => queue.name.startsWith(prefix)),
      input,
    );
    return { QueueUrls: urls, ...rest };
  }),

  ListDeadLetterSourceQueues: action(Page.extend({ QueueUrl }), (input, { store }) => {
    const target = store.byUrl(input.QueueUrl);
    const { urls, rest } = page(
      store.all().filter((queue) => queue.settings.redrive?.deadLetterTargetArn === target.arn),
      input,
    );
    return { queueUrls: urls, ...rest };
  }),

  GetQueueAttributes: action(
    z.object({ QueueUrl, AttributeNames: z.array(z.string()).optional() }),
    (input, { store }) => {
      const queue = store.byUrl(input.QueueUrl);
      const names = input.AttributeNames ?? [];
      for (const name of names) {
        if (!ATTRIBUTE_NAMES.has(name))
          throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
      }
      const chosen = Object.entries(attributesOf(queue)).filter(
        ([name]) => names.includes('All') || names.includes(name),
      );
      return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
    },
  ),

  SetQueueAttributes: action(z.object({ QueueUrl, Attributes: Texts }), (input, { store }) => {
    const queue = store.byUrl(input.QueueUrl);
    const settings = queueSettings(input.Attributes, queue.settings.texts);
    store.checkRedrive(settings.redrive?.deadLetterTargetArn, settings.texts.RedrivePolicy);
    queue.configure(settings);
    return {};
  }),

  PurgeQueue: action(z.object({ QueueUrl }), (input, { store }) => {
    const queue = store.byUrl(input.QueueUrl);
    if (queue.purgedAt !== undefined && store.options.nowMs() - queue.purgedAt < PURGE_INTERVAL_MS) {
      throw new SqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      );
    }
    queue.purge();
    return {};
  }),

  TagQueue: action(z.object({ QueueUrl, Tags: Texts }), (input, { store }) => {
    const queue = store.byUrl(input.QueueUrl);
    for (const [key, value] of Object.entries(input.Tags)) queue.tags.set(key, value);
    return {};
  }),

  UntagQueue: action(z.object({ QueueUrl, TagKeys: z.array(z.string()) }), (input, { store }) => {
    const queue = store.byUrl(input.QueueUrl);
    for (const key of input.TagKeys) queue.tags.delete(key);
    return {};
  }),

  ListQueueTags: action(z.object({ QueueUrl }), (input, { store }) => {
    const { tags } = store.byUrl(input.QueueUrl);
    return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
  }),
};

function attributesOf(queue: Queue): Record<string, string> {
  const counts = queue.counts();
  return {
    ...queue.settings.texts,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1_000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1_000)),
  };
}

/** A token is the last name of the page before; AWS gives one only to those who set MaxResults. */
function page(
  queues: Queue[],
  input: z.infer<typeof Page>,
): { urls: string[]; rest: { NextToken?: string } } {
  const max = input.MaxResults ?? 1_000;
  if (max < 1 || max > 1_000) throw invalidParameter('MaxResults', max, 'Must be >= 1 and <= 1000.');
  const after = input.NextToken ?? '';
  const left = queues.filter((queue) => queue.name > after);
  const urls = left.slice(0, max).map((queue) => queue.url);
  const last = left[max - 1];
  const more = input.MaxResults !== undefined && left.length > max && last !== undefined;
  return { urls, rest: more ? { NextToken: last.name } : {} };
}
