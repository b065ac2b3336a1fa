import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { SimulatedDynamo } from '../aws/dynamodb.ts';
import { count, map, must, text } from './records.ts';

export interface Revival {
  pk: string;
  sk: string;
  /** Dead, and from now on it is queued. */
  before: Item;
  by: string;
  /** A person moved its letter to a work queue. */
  isMoved: boolean;
}

/**
 * Nobody revives a dead run but a person, by the API or by moving its letter; or whoever drives the bulk job, or settles the
 * canary, that a person asked for, unless somebody has put it away meanwhile.
 */
export function checkRevival(dynamo: SimulatedDynamo, { pk, sk, before, by, isMoved }: Revival): void {
  if (isMoved || by.startsWith('api')) return;
  const death = `${pk} ${sk}@${count(before, 'epoch')}`;
  must(
    isReleased(dynamo, pk, sk, count(before, 'epoch')) || isOfJob(dynamo, by),
    'D3 one revival for each death',
    () => `${death}: revived, but nobody asked for it`,
  );
  must(
    map(before, 'resolved') === undefined,
    'D4 what was put away stays so',
    () => `${death}: revived, though it was ${text(map(before, 'resolved'), 'kind')}`,
  );
}

/** A canary that has succeeded lets it go, with this very death. */
function isReleased(dynamo: SimulatedDynamo, pk: string, sk: string, epoch: number): boolean {
  const own = idOf(pk, sk);
  return [...dynamo.partition('Y#root').values()].some((item) => {
    const { id, executionId, waiting } = JSON.parse(text(item, 'json') ?? '');
    const [task = '', ...occurrence] = String(executionId).split('~');
    const canary = dynamo.read(`T#root#${task}`, `X#${occurrence.join('#m#')}`);
    return (
      text(canary, 'status') === 'success' &&
      text(canary, 'canary') === id &&
      waiting.some(
        (one: { executionId: string; epoch: number }) => one.executionId === own && one.epoch === epoch,
      )
    );
  });
}

const isOfJob = (dynamo: SimulatedDynamo, by: string): boolean =>
  by.startsWith('sweeper') &&
  [...dynamo.items()].some(
    (item) => text(item, 'pk')?.startsWith('B#') && JSON.parse(text(item, 'json') ?? '').action === 'retry',
  );

const idOf = (pk: string, sk: string): string =>
  `${pk.replace('T#root#', '')}~${sk.slice('X#'.length).replace('#m#', '~')}`;
