import { type CalendarLinks, linkChanges } from '../../domain/calendar.ts';
import type { Outcome } from '../../domain/change.ts';
import { tooManyTasks } from '../../domain/errors.ts';
import { ROOT } from '../../domain/principal.ts';
import type { Task, TaskDefinition, TaskState } from '../../domain/task.ts';
import type { TaskStore } from '../../ports.ts';
import { unavailable } from '../aws-errors.ts';
import { taskLinkWrites } from './calendar-store.ts';
import { DEFINITION, decode, EXECUTION, encode, type Item, STATE, toItem } from './codec.ts';
import { replaceable } from './conditions.ts';
import { Expression } from './expression.ts';
import { definitionKey, stateKey, versionKey } from './keys.ts';
import type { Table, Written } from './table.ts';
import { countTask, isTenantItem } from './tenant-store.ts';
import { changeToUpdate } from './update.ts';

const READS = 5;
const NO_LINKS: CalendarLinks = { added: [], removed: [] };

export function makeTaskStore(table: Table): TaskStore {
  const readState: TaskStore['readState'] = async (key) => {
    const item = await table.get(stateKey(key));
    return item && decode(STATE, item);
  };
  return {
    readState,

    /** A batch is no snapshot: a reader may see one half of a replacement, and then looks again. */
    async read(key) {
      for (let attempt = 1; attempt <= READS; attempt++) {
        const items = await table.getMany([stateKey(key), definitionKey(key)]);
        const task = pair(items);
        if (!task.state) return undefined;
        if (task.definition?.definitionVersion === task.state.definitionVersion)
          return { state: task.state, definition: task.definition };
        // DynamoDB expires the two items of a deleted task one after the other.
        if (!task.definition && task.state.ttl !== undefined) return undefined;
        await table.pause(attempt);
      }
      throw unavailable('dynamodb');
    },

    async create(task, over) {
      const e = new Expression();
      const ConditionExpression = replaceable(e, over);
      const written = await table.writeTogether((TableName) => [
        {
          Put: {
            TableName,
            Item: encode(STATE, task.state),
            ConditionExpression,
            ...e.parameters(),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Put: { TableName, Item: encode(DEFINITION, task.definition) } },
        ...counted(TableName, task.state.tenant, 1),
        ...taskLinkWrites(task.state, linkChanges(undefined, task.definition.schedule), TableName),
      ]);
      if (!written.ok && isTenantItem(written.item)) throw tooManyTasks();
      return written.ok ? { ok: true, record: task.state } : refused(written);
    },

    async update(key, change) {
      const written = await table.update(changeToUpdate(STATE, key, change));
      if (!written.ok) return refused(written);
      if (!written.item) throw new Error('an update answered without the item');
      return { ok: true, record: decode(STATE, written.item) };
    },

    async updateWithRun(key, task, run) {
      const updates = [changeToUpdate(STATE, key, task), changeToUpdate(EXECUTION, key, run)];
      const written = await table.writeTogether((TableName) =>
        updates.map(({ UpdateExpression = '', ...parameters }) => ({
          Update: { TableName, UpdateExpression, ...parameters },
        })),
      );
      return written.ok;
    },

    /** A transaction returns no values, so the record is read after it: it may show a later write already. */
    async replace(key, change, definition, links = NO_LINKS, superseded) {
      const { UpdateExpression, ...parameters } = changeToUpdate(STATE, key, change);
      if (UpdateExpression === undefined) throw new TypeError('a replacement must change the state');
      const written = await table.writeTogether((TableName) => [
        {
          Update: {
            TableName,
            ...parameters,
            UpdateExpression,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Put: { TableName, Item: encode(DEFINITION, definition) } },
        ...(superseded ? [{ Put: { TableName, Item: versionItem(superseded) } }] : []),
        ...(change.set.status === 'deleted' ? counted(TableName, key.tenant, -1) : []),
        ...taskLinkWrites(key, links, TableName),
      ]);
      if (!written.ok) return refused(written);
      const record = await readState(key);
      if (!record) throw new Error(`task ${key.taskId} vanished after its replacement`);
      return { ok: true, record };
    },
  };
}

const versionItem = (definition: TaskDefinition): Item => ({
  ...encode(DEFINITION, definition),
  ...toItem({ ...versionKey(definition, definition.definitionVersion) }),
});

/** The tenant `root` has no limits, and so its tasks are not counted. */
const counted = (tableName: string, tenant: string, by: 1 | -1) =>
  tenant === ROOT ? [] : [countTask(tableName, tenant, by)];

const refused = ({ item }: Written): Outcome<TaskState> => ({
  ok: false,
  existing: item && decode(STATE, item),
});

export function pair(items: Item[]): Partial<Task> {
  const state = items.find((item) => item.sk?.S === 'T');
  const definition = items.find((item) => item.sk?.S === 'D');
  return {
    ...(state && { state: decode(STATE, state) }),
    ...(definition && { definition: decode(DEFINITION, definition) }),
  };
}
