import * as z from 'zod';
import { SchedulerError } from '../../domain/errors.ts';
import { type Execution, isFinal } from '../../domain/execution.ts';
import { jsonOrUndefined } from '../../domain/json.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { ListSource } from '../../domain/paged-list.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ManageRunsDeps } from './context.ts';

/** Read and put in order as one; of more open runs than this the following ones come as a chunk of their own. */
const CHUNK = 1_000;

/** Where to go on: a chunk of the index, and the last run given out of it. */
const TokenSchema = z.strictObject({
  chunk: z.string().max(1_900).optional(),
  below: z.tuple([z.number(), z.string().max(256)]).optional(),
});
type Token = z.infer<typeof TokenSchema>;

/**
 * Runs that have not ended, by due instant. The index has them in the order of the sweeper's next look, which
 * says nothing to people. Dead runs whose letter is not out yet are among them.
 */
export const openSource = (
  deps: Pick<ManageRunsDeps, 'listings'>,
  { tenant }: Principal,
  isAskedFor: (run: Execution) => boolean,
): ListSource<Execution, Execution> => ({
  name: 'open',
  async fetch(from, limit) {
    const { chunk, below } = decode(from);
    const page = await deps.listings.open({
      tenant,
      limit: CHUNK,
      ...(chunk === undefined ? {} : { from: chunk }),
    });
    const runs = (await deps.listings.readExecutions(page.entries))
      .filter((run) => !isFinal(run.status) || (run.status === 'dead' && run.letter === 'pending'))
      .sort(newestFirst)
      .filter((run) => !below || newestFirst(run, { scheduledAt: below[0], id: below[1] }) > 0);
    const entries = runs.slice(0, limit);
    const last = entries.at(-1);
    if (runs.length > limit && last) return { entries, next: behind(last, chunk) };
    return { entries, next: page.next === undefined ? undefined : encode({ chunk: page.next }) };
  },
  keyOf: executionId,
  tokenBehind: (run, from) => behind(run, decode(from).chunk),
  load: async (runs) => runs.map((run) => (isAskedFor(run) ? run : undefined)),
});

type Place = Execution | { scheduledAt: number; id: string };
const idOf = (place: Place): string => ('id' in place ? place.id : executionId(place));

function newestFirst(a: Place, b: Place): number {
  if (a.scheduledAt !== b.scheduledAt) return b.scheduledAt - a.scheduledAt;
  const [one, other] = [idOf(a), idOf(b)];
  return one === other ? 0 : one < other ? -1 : 1;
}

const behind = (run: Execution, chunk: string | undefined): string =>
  encode({ below: [run.scheduledAt, executionId(run)], ...(chunk === undefined ? {} : { chunk }) });

const encode = (token: Token): string => JSON.stringify(token);

function decode(token: string | undefined): Token {
  if (token === undefined) return {};
  const parsed = TokenSchema.safeParse(jsonOrUndefined(token));
  if (parsed.success) return parsed.data;
  throw new SchedulerError('validation-failed', 'The cursor is not one of this list', {
    errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
  });
}
