import { noSuchQueue, SqsError } from './errors.ts';
import type { QueueJournal } from './journal.ts';
import { Queue } from './queue.ts';
import { queueSettings } from './queue-attributes.ts';

export interface StoreOptions {
  readonly region: string;
  readonly accountId: string;
  /** Of the queue URLs. Only the path of a URL is looked at when it comes back. */
  readonly origin: string;
  nowMs(): number;
  /** Of the queues whose messages survive a restart. */
  journalOf?(queue: string): QueueJournal | undefined;
}

/** Every queue of one account and Region, found by name, URL or ARN. */
export class QueueStore {
  readonly options: StoreOptions;
  readonly #queues = new Map<string, Queue>();

  constructor(options: StoreOptions) {
    this.options = options;
  }

  /** The same name with the same attributes answers the existing queue, as AWS does. */
  create(name: string, attributes: Readonly<Record<string, string>>): Queue {
    if (!/^[\w-]{1,80}$/.test(name)) {
      throw new SqsError(
        name.endsWith('.fifo') ? 'UnsupportedOperation' : 'InvalidParameterValue',
        name.endsWith('.fifo')
          ? 'The embedded queue engine has standard queues only.'
          : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
      );
    }
    const existing = this.#queues.get(name);
    if (existing !== undefined) {
      for (const [attribute, value] of Object.entries(attributes)) {
        if (existing.settings.texts[attribute] === value) continue;
        throw new SqsError(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attribute ${attribute}`,
        );
      }
      return existing;
    }
    const { region, accountId, origin } = this.options;
    const identity = {
      name,
      url: `${origin}/${accountId}/${name}`,
      arn: `arn:aws:sqs:${region}:${accountId}:${name}`,
    };
    const settings = queueSettings(attributes);
    this.checkRedrive(settings.redrive?.deadLetterTargetArn, settings.texts.RedrivePolicy);
    const queue = new Queue(identity, settings, {
      nowMs: this.options.nowMs,
      queueByArn: (arn) => this.byArn(arn),
      journal: this.options.journalOf?.(name),
    });
    this.#queues.set(name, queue);
    return queue;
  }

  checkRedrive(targetArn: string | undefined, policy: string | undefined): void {
    if (targetArn === undefined || this.byArn(targetArn) !== undefined) return;
    throw new SqsError(
      'InvalidParameterValue',
      `Value ${policy} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`,
    );
  }

  delete(queue: Queue): void {
    this.#queues.delete(queue.name);
    queue.close();
  }

  byName(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw noSuchQueue();
    return queue;
  }

  byUrl(url: string): Queue {
    return this.byName(url.slice(url.lastIndexOf('/') + 1));
  }

  byArn(arn: string): Queue | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  /** By name. */
  all(): Queue[] {
    return [...this.#queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }
}
