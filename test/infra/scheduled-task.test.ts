import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { ScheduledTask, Scheduler, type TaskInput } from '../../infra/scheduler.ts';
import { context, emptyStack } from './deployment.ts';

const NIGHTLY: TaskInput = {
  name: 'Nightly',
  handler: 'demo.echo',
  schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
};

function shop() {
  const stack = emptyStack();
  const scheduler = new Scheduler(stack, 'Jobs', { name: 'shop', queues: { reports: {}, low: null } });
  const declare = (task: TaskInput, id = 'nightly', name = id) =>
    new ScheduledTask(stack, name, { scheduler, id, task });
  return { stack, scheduler, declare, template: () => Template.fromStack(stack) };
}
const declared = (template: Template) => Object.values(template.findResources('Custom::EscapementTask'));

describe('a task in a CDK app', () => {
  it('is a resource that one function of the scheduler makes, whatever their number', () => {
    const { declare, template } = shop();
    declare(NIGHTLY);
    declare({ ...NIGHTLY, name: 'Weekly' }, 'weekly');
    const tasks = declared(template());
    expect(tasks.map(({ Properties }) => [Properties.Id, JSON.parse(Properties.Task).name])).toEqual([
      ['nightly', 'Nightly'],
      ['weekly', 'Weekly'],
    ]);
    const handlers = new Set(tasks.map(({ Properties }) => Properties.ServiceToken['Fn::GetAtt'][0]));
    expect([...handlers]).toEqual([expect.stringMatching(/^JobsDeclareFunction/)]);
    template().resourceCountIs('AWS::Lambda::Function', 10);
  });

  it('costs nothing where there is none', () => {
    const { template } = shop();
    template().resourceCountIs('AWS::Lambda::Function', 9);
    expect(JSON.stringify(template().toJSON())).not.toMatch(/JobsDeclare|EscapementTask/);
  });

  it('is made when the code that runs it is there', () => {
    const { declare, template } = shop();
    declare(NIGHTLY);
    const [task] = declared(template());
    for (const queue of ['high', 'default', 'reports'])
      expect(task?.DependsOn).toContainEqual(
        expect.stringMatching(new RegExp(`^JobsExecutor${queue}Function`)),
      );
  });

  it('may name what CloudFormation fills in', () => {
    const { stack, declare, template } = shop();
    const queue = new Queue(stack, 'Work');
    const first = declare(
      { name: 'Sends', target: { type: 'sqs', queueUrl: queue.queueUrl }, schedule: { kind: 'now' } },
      'first',
    );
    declare({ ...NIGHTLY, onSuccess: [{ taskId: first.taskId }] });
    const [sends, nightly] = declared(template());
    expect(sends?.Properties.Task).toEqual({
      'Fn::Join': [
        '',
        [
          expect.stringContaining('"queueUrl":"'),
          { Ref: expect.stringMatching(/^Work/) },
          expect.any(String),
        ],
      ],
    });
    expect(JSON.stringify(nightly?.Properties.Task)).toMatch(/\{"Ref":"first\w+"\}/);
  });

  it('may stand in another stack of the app', () => {
    const app = new App({ context });
    const scheduler = new Scheduler(new Stack(app, 'Jobs'), 'Scheduler');
    const tasks = new Stack(app, 'Tasks');
    new ScheduledTask(tasks, 'Nightly', { scheduler, id: 'nightly', task: NIGHTLY });
    const [task] = declared(Template.fromStack(tasks));
    expect(task?.Properties.ServiceToken).toEqual({ 'Fn::ImportValue': expect.stringContaining('Declare') });
  });
});

describe('a bad task fails cdk synth', () => {
  it.each<[string, object, string]>([
    ['an unknown field', { ...NIGHTLY, handlers: 'demo.echo' }, 'handlers: unknown field'],
    ['no schedule', { name: 'Nightly', handler: 'demo.echo' }, 'schedule: required'],
    [
      'a cron expression that is none',
      { ...NIGHTLY, schedule: { kind: 'cron', expressions: ['61 2 * * *'] } },
      'schedule.expressions[0]: ',
    ],
    [
      'an unknown zone',
      { ...NIGHTLY, schedule: { kind: 'cron', expressions: ['0 2 * * *'], timezone: 'Mars/Crater' } },
      'schedule.timezone: unknown time zone "Mars/Crater"',
    ],
    [
      'a queue that the scheduler has not',
      { ...NIGHTLY, queue: 'low' },
      'queue: no queue "low" is configured; there are high, default, reports',
    ],
    [
      'neither handler nor target',
      { name: 'Nightly', schedule: { kind: 'now' } },
      'handler: required, unless the task has a target',
    ],
    [
      'both',
      { ...NIGHTLY, target: { type: 'sqs', queueUrl: 'https://sqs.example.com/1/q' } },
      'target: a task has either a handler or a target',
    ],
  ])('%s', (_, task, problem) => {
    const { stack, scheduler } = shop();
    const props = { scheduler, id: 'nightly', task: task as TaskInput };
    expect(() => new ScheduledTask(stack, 'Nightly', props)).toThrow(problem);
  });

  it('with all that is wrong, and where', () => {
    const { declare } = shop();
    expect(() => declare({ ...NIGHTLY, name: '', timeoutSeconds: 0 }, 'no spaces', 'Nightly')).toThrow(
      /^The task no spaces of test\/Nightly has 3 problem\(s\):\n {2}id: must be .*\n {2}name: must have .*\n {2}timeoutSeconds: /,
    );
  });

  it('when its id is declared twice', () => {
    const { declare } = shop();
    declare(NIGHTLY);
    expect(() => declare(NIGHTLY, 'nightly', 'Again')).toThrow('The task nightly is declared twice');
  });
});
