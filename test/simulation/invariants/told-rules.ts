import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { SimulatedDynamo } from '../aws/dynamodb.ts';
import type { Definitions } from './definitions.ts';
import { count, flag, isEnded, list, map, must, number, text } from './records.ts';

const TOLD = 'N1 what is to be told is told';

export interface Told {
  dynamo: SimulatedDynamo;
  definitions: Definitions;
  /** Events that went out. */
  told: readonly { type: string; id: string }[];
}

/** When all is quiet: deaths, stops and missed deadlines have gone out, and ends of tasks with stop rules are counted. */
export function checkTold({ dynamo, definitions, told }: Told): void {
  const known = new Set(told.map(({ type, id }) => `${type} ${id}`));
  for (const run of dynamo.items()) {
    const [pk, sk] = [text(run, 'pk') ?? '', text(run, 'sk') ?? ''];
    if (!pk.startsWith('T#') || !sk.startsWith('X#')) continue;
    // Something is left to do yet.
    if (text(run, 'statusKey')?.startsWith('open')) continue;
    const status = text(run, 'status');
    const id = `${pk.split('#').slice(2).join('#')}~${sk.slice(2).replace('#m#', '~')}`;
    const again = `${id}@${count(run, 'epoch')}`;
    const say = (what: string) => () => `${pk} ${sk}: ${what}, and nobody was told`;
    if (status === 'dead' && text(run, 'letter') === 'sent')
      must(known.has(`run.dead ${again}`), TOLD, say('died'));
    checkPlace(pk, sk, run);
    if (text(run, 'stopped') !== undefined && isEnded(status))
      must(
        known.has(`task.completed ${again}`) || known.has(`task.disabled ${again}`),
        TOLD,
        say('stopped its task'),
      );
    const [task, only] = [dynamo.read(pk, 'T'), definitions.of(pk).length === 1];
    // Of a paused task nothing is said, and who ends a run himself knows of it.
    const watched = count(task, 'ver') === 1 && count(run, 'epoch') === 0;
    if (watched && number(run, 'late') !== undefined && (status === 'success' || status === 'dead'))
      must(!notifies(dynamo.read(pk, 'D')) || known.has(`run.late ${id}`), TOLD, say('was late'));
    const counts = only && map(dynamo.read(pk, 'D'), 'stop') !== undefined;
    if (counts && (status === 'success' || status === 'dead') && text(task, 'status') !== 'deleted')
      must(flag(run, 'counted'), 'C1 each end counts once', () => `${pk} ${sk}: ${status}, not counted`);
    if (only && count(run, 'epoch') === 0) checkFollowers(pk, run, dynamo);
  }
}

/** Who looks for dead letters finds those that wait for somebody, and no others. */
function checkPlace(pk: string, sk: string, run: Item): void {
  const [letter, place] = [text(run, 'letter'), text(run, 'statusKey')?.split('#')[0] ?? 'nowhere'];
  const lists = letter === 'sent' ? ['dead', 'closed'] : ['ended'];
  must(
    !isEnded(text(run, 'status')) || lists.includes(place),
    'I1 the index agrees with the item',
    () => `${pk} ${sk}: ${text(run, 'status')}, its letter ${letter}, in ${place}`,
  );
}

const notifies = (definition: Item | undefined): boolean => flag(map(definition, 'deadline'), 'notify');

/** Each failed attempt, and the death, have triggered what hangs on them. */
function checkFollowers(pk: string, run: Item, dynamo: SimulatedDynamo): void {
  const status = text(run, 'status');
  if (status !== 'success' && !(status === 'dead' && text(run, 'letter') === 'sent')) return;
  const definition = dynamo.read(pk, 'D');
  const failed = list(run, 'attempts').flatMap((cell) =>
    'M' in cell && text(cell.M, 'status') === 'failed' ? [count(cell.M, 'attempt')] : [],
  );
  const outcomes = [
    ...failed.map((attempt) => ['onFailure', 'failure', attempt] as const),
    ...(status === 'dead' ? [['onDead', 'dead', count(run, 'att')] as const] : []),
  ];
  for (const [field, outcome, attempt] of outcomes)
    for (const link of list(definition, field)) {
      const target = 'M' in link ? `T#root#${text(link.M, 'taskId')}` : '';
      if (
        text(dynamo.read(target, 'T'), 'status') === 'deleted' ||
        count(dynamo.read(target, 'T'), 'ver') > 1
      )
        continue;
      const made = [...dynamo.partition(target).values()].some((other) => {
        const upstream = map(other, 'upstream');
        return (
          pk === `T#root#${text(upstream, 'taskId')}` &&
          text(upstream, 'occurrence') === text(run, 'sk')?.slice(2) &&
          text(upstream, 'outcome') === outcome &&
          count(upstream, 'attempt') === attempt
        );
      });
      must(
        made,
        'H1 one run for each link',
        () => `${pk} ${text(run, 'sk')}: ${outcome} of attempt ${attempt} has triggered nothing`,
      );
    }
}
