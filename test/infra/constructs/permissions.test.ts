import { describe, expect, it } from 'vitest';
import type { HouseFunction } from '../../../infra/constructs/function.ts';
import { statementsOf } from '../../../infra/constructs/permissions.ts';
import { ScheduledTask } from '../../../infra/scheduled-task.ts';
import { allowed, deployment, logicalId } from '../deployment.ts';

const { template, stack, scheduler } = deployment({ events: { inbox: true } }, (own) => {
  const task = { name: 'Nightly', handler: 'demo.echo', schedule: { kind: 'now' } } as const;
  new ScheduledTask(own, 'Nightly', { scheduler: own.scheduler, id: 'nightly', task });
});

/** What a function may do, as "service:Action place", apart from writing to its own log. */
function rightsOf({ lambda }: HouseFunction): string[] {
  return allowed(template, logicalId(lambda.role))
    .filter(({ action }) => !action.startsWith('logs:'))
    .map(({ action, resource }) => `${action} ${placeOf(resource)}`)
    .sort();
}

function placeOf(resource: string): string {
  const places: Record<string, unknown> = {
    index: stack.resolve(scheduler.table.indexArn),
    table: stack.resolve(scheduler.table.tableArn),
    dispatch: stack.resolve(scheduler.dispatchQueue.queue.queueArn),
    secret: stack.resolve(scheduler.adminTokenSecret.secretArn),
    bus: stack.resolve(scheduler.eventBus?.eventBusArn),
  };
  const { workQueues, inbox } = scheduler;
  for (const [name, { queue, deadLetters }] of Object.entries({ ...workQueues, ...(inbox && { inbox }) })) {
    places[name] = stack.resolve(queue.queueArn);
    places[`${name}-dlq`] = stack.resolve(deadLetters.queueArn);
  }
  const place = Object.entries(places).find(([, arn]) => JSON.stringify(arn) === resource);
  return place?.[0] ?? FEED.exec(resource)?.[1] ?? resource;
}

/** The event source mapping of a work queue goes by the name of that queue. */
const FEED = /:event-source-mapping:",\{"Ref":"SchedulerWorkers([a-z]+)Source[0-9A-F]{8}"\}\]\]\}$/;

const on = (place: string, ...actions: string[]) => actions.map((action) => `${action} ${place}`);
const send = (...places: string[]) => places.map((place) => `sqs:SendMessage ${place}`);
const item = (...verbs: string[]) => verbs.map((verb) => `dynamodb:${verb}Item table`);
const WORK = ['high', 'default', 'low'];
const LETTERS = ['high-dlq', 'default-dlq', 'low-dlq'];
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

describe('permissions', () => {
  it('let the tick look, note that it was there, keep the canary and call for dispatch', () => {
    expect(rightsOf(scheduler.tick)).toEqual(
      ['dynamodb:Query index', ...item('Get', 'Put', 'Update'), ...send('dispatch')].sort(),
    );
  });

  it('let dispatch read the index, move its cursor, send, and tell of what nobody has claimed in time', () => {
    expect(rightsOf(scheduler.dispatch)).toEqual(
      [
        ...on('dispatch', ...CONSUME),
        'dynamodb:Query index',
        ...item('Get', 'BatchGet', 'Put', 'Update'),
        ...send('dispatch', ...WORK),
        'events:PutEvents bus',
      ].sort(),
    );
  });

  it('let an executor read its own queue only, and send to all', () => {
    for (const [name, executor] of Object.entries(scheduler.executors)) {
      expect(rightsOf(executor)).toEqual(
        [
          ...on(name, ...CONSUME, 'sqs:ChangeMessageVisibility'),
          ...item('Get', 'BatchGet', 'Put', 'Update', 'Delete'),
          'events:PutEvents bus',
          ...send(...WORK, ...LETTERS),
        ].sort(),
      );
    }
  });

  it('let the sweeper read the index, write runs and what bulk jobs change, sum up what ended, send, and set the feeds of queues right', () => {
    expect(rightsOf(scheduler.sweeper)).toEqual(
      [
        'dynamodb:Query index',
        'dynamodb:Query table',
        ...item('Get', 'BatchGet', 'Put', 'Update', 'Delete'),
        'events:PutEvents bus',
        ...WORK.flatMap((queue) =>
          on(queue, 'lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'),
        ),
        ...WORK.flatMap((queue) => on(queue, 'sqs:SendMessage', 'sqs:GetQueueAttributes')),
        ...LETTERS.flatMap((queue) => on(queue, 'sqs:SendMessage')),
      ].sort(),
    );
  });

  it('let the inbox read its own queue, write tasks and runs, send hints, and set aside what it refuses', () => {
    if (!scheduler.inboxHandler) throw new Error('no inbox');
    expect(rightsOf(scheduler.inboxHandler)).toEqual(
      [
        ...on('inbox', ...CONSUME, 'sqs:ChangeMessageVisibility'),
        ...item('Get', 'BatchGet', 'Put', 'ConditionCheck'),
        ...WORK.flatMap((queue) => on(queue, 'sqs:SendMessage', 'sqs:GetQueueAttributes')),
        ...send('inbox-dlq'),
      ].sort(),
    );
  });

  it('let what declares tasks read and write them, send hints and tell of what is deleted, but look for nothing', () => {
    expect(rightsOf(scheduler.declaredTasks.handler)).toEqual(
      [
        'events:PutEvents bus',
        ...item('Get', 'BatchGet', 'Put', 'Update', 'Delete', 'ConditionCheck'),
        ...WORK.flatMap((queue) => on(queue, 'sqs:SendMessage', 'sqs:GetQueueAttributes')),
      ].sort(),
    );
  });

  it('let the authorizer read one secret, read tokens and write down their use', () => {
    expect(rightsOf(scheduler.authorizer)).toEqual(
      [...item('Get', 'Update'), 'secretsmanager:GetSecretValue secret'].sort(),
    );
  });

  it('let the API read and write the table, look at queues, change their feeds and send, but receive nothing', () => {
    expect(rightsOf(scheduler.apiHandler)).toEqual(
      [
        'dynamodb:Query index',
        'dynamodb:Query table',
        ...item('Get', 'BatchGet', 'Put', 'Update', 'Delete', 'ConditionCheck'),
        'events:PutEvents bus',
        ...WORK.flatMap((queue) =>
          on(queue, 'sqs:SendMessage', 'sqs:GetQueueAttributes', 'lambda:UpdateEventSourceMapping'),
        ),
        ...LETTERS.flatMap((queue) =>
          on(queue, 'sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:PurgeQueue'),
        ),
      ].sort(),
    );
  });

  it('name every action and every resource: no wildcard, and none of the policies that AWS keeps', () => {
    const everything = allowed(template);
    expect(everything.length).toBeGreaterThan(0);
    expect(
      everything.filter(({ action, resource }) => action.includes('*') || resource.includes('*')),
    ).toEqual([]);
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it('tell nobody where the deployment has no bus', () => {
    const silent = deployment({ events: { enabled: false } });
    silent.template.resourceCountIs('AWS::Events::EventBus', 0);
    expect(allowed(silent.template).filter(({ action }) => action === 'events:PutEvents')).toEqual([]);
  });

  it('are refused when what they are about is missing', () => {
    expect(() => statementsOf('authorizer', {})).toThrow('authorizer needs adminTokenSecret');
  });
});
