import { makeMemoryWorld } from '../support/memory-world.ts';
import { auditContract } from './audit.contract.ts';
import { bulkJobsContract } from './bulk-jobs.contract.ts';
import { calendarsContract } from './calendars.contract.ts';
import { controlContract } from './control.contract.ts';
import { credentialsContract } from './credentials.contract.ts';
import { deadLettersContract } from './dead-letters.contract.ts';
import { flowContract } from './flow.contract.ts';
import { guardsContract } from './guards.contract.ts';
import { indexContract } from './index.contract.ts';
import { listingsContract } from './listings.contract.ts';
import { type OpenQueueWorld, queueContract } from './queue.contract.ts';
import { statsContract } from './stats.contract.ts';
import { type OpenStoreWorld, storeContract } from './store.contract.ts';

const openStores: OpenStoreWorld = async () => {
  const world = makeMemoryWorld();
  return { ...world, nowMs: world.clock.nowMs };
};

storeContract('memory', openStores);
controlContract('memory', openStores);
credentialsContract('memory', openStores);
flowContract('memory', openStores);
calendarsContract('memory', openStores);
bulkJobsContract('memory', openStores);
auditContract('memory', openStores);
deadLettersContract('memory', openStores);
guardsContract('memory', openStores);
indexContract('memory', openStores);
listingsContract('memory', openStores);
statsContract('memory', openStores);

const openQueues: OpenQueueWorld = async () => {
  const world = makeMemoryWorld({ queues: ['high', 'low'], visibilityMs: 60_000 });
  return {
    workQueues: world.workQueues,
    dispatchQueue: world.dispatchQueue,
    inspector: world.queueInspector,
    visibility: world.visibility('high'),
    async receive(queue, from) {
      if (queue === 'dispatch')
        return world.dispatchQueue
          .take()
          .map((message) => ({ body: JSON.stringify(message), attributes: {}, receiptHandle: '' }));
      const { workQueues: queues } = world;
      return (from === 'dead letters' ? queues.deadLetterQueue(queue) : queues.queue(queue))
        .receive()
        .map(({ body, ...message }) => ({
          ...message,
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }));
    },
    async redrive(queue) {
      world.workQueues.deadLetterQueue(queue).moveTo(world.workQueues.queue(queue));
    },
    nowMs: world.clock.nowMs,
    pass: world.advance,
  };
};

queueContract('memory', openQueues);
