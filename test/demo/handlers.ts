import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import {
  defineHandler,
  type HandlerDefinition,
  HttpError,
  NonRetryableError,
} from '../../shared/contract/handler.ts';

/** The work of a small company, played: it takes about as long as the real one would, and fails as the real one does. */

interface Role {
  name: string;
  description: string;
  /** How long a run takes, at least and at most. */
  takesMs: readonly [number, number];
  /** Throws what is wrong with this payload. */
  fails?: (payload: Payload, attempt: number) => void;
}
type Payload = Record<string, unknown>;

const STEPS = 4;

const play = ({ name, description, takesMs: [least, most], fails }: Role): HandlerDefinition =>
  defineHandler({
    name,
    description,
    payload: z.record(z.string(), z.unknown()),
    async run({ payload, execution, signal, progress }) {
      const tookMs = Math.round(least + Math.random() * (most - least));
      for (let step = 1; step <= STEPS; step++) {
        await delay(tookMs / STEPS, undefined, { signal });
        await progress({ percent: (100 * step) / STEPS, message: `step ${step} of ${STEPS}` });
      }
      fails?.(payload, execution.attempt);
      return { items: Math.round(tookMs / 3), tookMs };
    },
  });

/** Named like what drivers and vendors' clients throw. */
class CardDeclinedError extends NonRetryableError {
  override name = 'CardDeclinedError';
}
class NoSuchBucketError extends NonRetryableError {
  override name = 'NoSuchBucketError';
}
class MissingColumnError extends NonRetryableError {
  override name = 'MissingColumnError';
}
class ConnectionTimeoutError extends Error {
  override name = 'ConnectionTimeoutError';
}

const noSuchBucket = ({ bucket }: Payload) => {
  if (bucket === 'reports-prd')
    throw new NoSuchBucketError('The bucket "reports-prd" does not exist; there is "reports-prod"');
};
const unsteady = ({ supplier }: Payload, attempt: number) => {
  if (supplier === 'northwind' && attempt < 3)
    throw new HttpError(503, 'api.northwind.example answered 503 Service Unavailable', {
      retryAfterSeconds: 180,
    });
  if (supplier === 'relecloud')
    throw new MissingColumnError('feed.csv of relecloud has no column "price_net", but "net_price"');
  if (supplier === 'lumen') throw new HttpError(401, 'api.lumen.example answered 401: the key has expired');
};
const declined = ({ card }: Payload) => {
  if (card === 'declined')
    throw new CardDeclinedError('The card of customer C-1042 was declined (do_not_honor)');
};
const timesOut = ({ replica }: Payload) => {
  if (replica === 'eu-2') throw new ConnectionTimeoutError('connect ETIMEDOUT replica-eu-2.internal:5432');
};

export default [
  play({
    name: 'billing.invoice',
    description: 'Makes the invoices that are due, and charges them.',
    takesMs: [300, 2_500],
    fails: declined,
  }),
  play({
    name: 'reports.export',
    description: 'Writes a report into the bucket of its readers.',
    takesMs: [400, 4_000],
    fails: noSuchBucket,
  }),
  play({
    name: 'imports.feed',
    description: "Takes over a supplier's prices and stock.",
    takesMs: [500, 5_000],
    fails: unsteady,
  }),
  play({ name: 'mail.send', description: 'Sends a batch of letters.', takesMs: [50, 600] }),
  play({ name: 'search.index', description: 'Brings the search up to date.', takesMs: [200, 1_500] }),
  play({
    name: 'warehouse.sync',
    description: 'Copies what changed into the warehouse.',
    takesMs: [6_000, 25_000],
    fails: timesOut,
  }),
  play({
    name: 'cleanup.purge',
    description: 'Deletes what nobody may keep any longer.',
    takesMs: [100, 900],
  }),
  play({ name: 'health.probe', description: 'Asks a service whether it is there.', takesMs: [20, 200] }),
];
