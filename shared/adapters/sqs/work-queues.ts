import type { SQSClient } from '@aws-sdk/client-sqs';
import { SQS_MAX_DELAY_SECONDS } from '../../domain/limits.ts';
import type { Hint } from '../../messages.ts';
import type { Log, WorkQueues } from '../../ports.ts';
import { asciiJson } from './ascii-json.ts';
import { sendToDeadLetters } from './dead-letters.ts';
import { findTarget, type QueueTargets, targetOf } from './queue-targets.ts';
import { inBatches, type Outgoing, sendBatch } from './send-batch.ts';

type Order = Parameters<WorkQueues['send']>[0][number];

/** Batches on their way at the same time; the SDK keeps 50 connections. */
const IN_FLIGHT = 16;

export function makeWorkQueues(deps: {
  client: SQSClient;
  targets: QueueTargets;
  log: Pick<Log, 'warn' | 'error'>;
}): WorkQueues {
  const { client, targets, log } = deps;

  /** A hint not sent is only late, so whatever went wrong the caller hears which ones, and no exception. */
  const sendOne = async (queue: string, orders: Order[]): Promise<Hint[]> => {
    const target = findTarget(targets, queue);
    if (!target) {
      log.warn('hints for a queue that does not exist', { queue, hints: orders.length });
      return orders.map(({ hint }) => hint);
    }
    try {
      const refusals = await sendBatch(client, target.url, orders.map(toOutgoing));
      if (refusals.length === 0) return [];
      log.warn('queue refused hints', { queue, hints: refusals.length, code: refusals[0]?.code });
      return refusals.flatMap(({ position }) => orders[position]?.hint ?? []);
    } catch (error) {
      log.error('hints could not be sent', { queue, hints: orders.length }, error);
      return orders.map(({ hint }) => hint);
    }
  };

  const sendAside = (queue: string, body: string, attributes: Record<string, string>) =>
    sendToDeadLetters(client, targetOf(targets, queue).dlqUrl, body, attributes);

  return {
    has: (queue) => findTarget(targets, queue) !== undefined,

    async send(orders) {
      const batches = [...Map.groupBy(orders, ({ queue }) => queue)].flatMap(([queue, all]) =>
        inBatches(all).map((batch) => ({ queue, batch })),
      );
      const failed: Hint[] = [];
      const next = batches.values();
      const sender = async () => {
        for (const { queue, batch } of next) failed.push(...(await sendOne(queue, batch)));
      };
      await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, batches.length) }, sender));
      return { failed };
    },

    async sendLetter(queue, letter) {
      const { redriveTo, reason, taskId: task } = letter;
      await sendAside(queue, asciiJson(letter), { redriveTo, reason, task });
    },

    async sendPoison(queue, body, reason) {
      await sendAside(queue, body, { kind: 'poison', reason });
    },

    arnOf: (queue) => targetOf(targets, queue).arn,
  };
}

const toOutgoing = ({ hint, delaySeconds }: Order): Outgoing => ({
  body: asciiJson(hint),
  delaySeconds: Math.min(SQS_MAX_DELAY_SECONDS, Math.max(0, Math.floor(delaySeconds))),
  groupId: hint.tenant,
});
