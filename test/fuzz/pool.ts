import * as z from 'zod';
import type { DocumentedOperation, GivenAnswer } from '../support/openapi.ts';

/** Ids that answers have named, so that later requests find something. */
export interface Pool {
  learn(operation: DocumentedOperation, answer: GivenAnswer): void;
  /** By the word that stands before the id in a path. */
  pick(collection: string, choice: number): string | undefined;
}

const KEPT = 30;
const Thing = z.looseObject({
  id: z.string().optional(),
  name: z.string().nullable().optional(),
  idempotencyKey: z.string().optional(),
});
const Page = z.looseObject({ items: z.array(Thing), nextCursor: z.string().nullable() });

export function makePool(): Pool {
  const known = new Map<string, string[]>();
  const add = (collection: string, id: string | null | undefined) => {
    if (!id) return;
    const ids = known.get(collection) ?? [];
    if (ids.includes(id)) return;
    known.set(collection, [...ids.slice(1 - KEPT), id]);
  };

  function learnThing(
    { path }: DocumentedOperation,
    { id, name, idempotencyKey }: z.infer<typeof Thing>,
  ): void {
    const [, , first = ''] = path.split('/');
    const nested = path.includes('backfill') ? 'backfills' : first;
    add(idempotencyKey === undefined ? nested : 'executions', id ?? name);
  }

  return {
    learn(operation, { text, headers }) {
      if (!headers['content-type']?.includes('json') || text === '' || operation.path.includes('openapi'))
        return;
      const body: unknown = JSON.parse(text);
      const page = Page.safeParse(body);
      if (page.success) {
        add('cursor', page.data.nextCursor);
        for (const thing of page.data.items.slice(0, 5)) learnThing(operation, thing);
        return;
      }
      const thing = Thing.safeParse(body);
      if (thing.success) learnThing(operation, thing.data);
    },
    pick(collection, choice) {
      const ids = known.get(collection) ?? [];
      return ids[choice % Math.max(1, ids.length)];
    },
  };
}
