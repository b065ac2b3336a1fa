import { describe, expect, it } from 'vitest';
import { carryOut } from '../../../infra/local/declarations/carry-out.ts';
import type { InvocationResult } from '../../../infra/local/lambda/protocol.ts';
import { planStack } from '../../../infra/local/template/plan.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { writeAssembly } from './support/tiny-assembly.ts';

const URLS = { endpointUrl: 'http://127.0.0.1:1', apiUrl: 'http://127.0.0.1:2' };

interface Event {
  RequestType: string;
  ResponseURL: string;
  LogicalResourceId: string;
  PhysicalResourceId?: string;
  ResourceProperties: { Id: string };
}

type Answer = (event: Event) => object | undefined;
const agrees: Answer = ({ RequestType, PhysicalResourceId, ResourceProperties: { Id } }) => ({
  Status: 'SUCCESS',
  PhysicalResourceId: RequestType === 'Delete' ? PhysicalResourceId : Id,
});

const task = (id: string, text = 'Nightly', more: object = {}) => ({
  Type: 'Custom::EscapementTask',
  Properties: { ServiceToken: { 'Fn::GetAtt': ['Declare', 'Arn'] }, ServiceTimeout: 600, Id: id, Task: text },
  ...more,
});

function makeStack(dataDirectory = temporaryFolder()) {
  /** Starts with these tasks in the template, and tells what the function was asked. */
  return async (resources: Record<string, unknown>, answer: Answer = agrees, functionId = 'Declare') => {
    const functions = { [functionId]: { code: 'export const handler = () => {}' } };
    const plan = planStack(writeAssembly(temporaryFolder(), functions, resources), URLS);
    const asked: string[] = [];
    const events: Event[] = [];
    const warnings: string[] = [];
    const invoke = async (_: string, given: unknown): Promise<InvocationResult> => {
      const event = given as Event;
      const held = event.PhysicalResourceId === undefined ? '' : ` (${event.PhysicalResourceId})`;
      asked.push(`${event.RequestType} ${event.LogicalResourceId} ${event.ResourceProperties.Id}${held}`);
      events.push(event);
      const body = answer(event);
      if (body) await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(body) });
      return { ok: true, payload: 'null' };
    };
    const report = { say: () => {}, warn: (line: string) => void warnings.push(line) };
    const failure = await carryOut({ plan, stackName: 'Tiny', dataDirectory, invoke, report }).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { asked, events, warnings, failure };
  };
}

describe('tasks that the app declares', () => {
  it('are made at the first start, as CloudFormation would have it', async () => {
    const { asked, events } = await makeStack()({ Nightly: task('nightly') });
    expect(asked).toEqual(['Create Nightly nightly']);
    expect(events[0]).toMatchObject({
      ResourceType: 'Custom::EscapementTask',
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Tiny/local',
      ResourceProperties: { ServiceTimeout: '600', Task: 'Nightly' },
    });
  });

  it('are left alone while they stay the same, changed when they change, deleted when they go', async () => {
    const start = makeStack();
    await start({ A: task('a'), B: task('b'), C: task('c') });
    expect((await start({ A: task('a'), B: task('b'), C: task('c') })).asked).toEqual([]);
    const { asked } = await start({ A: task('a'), B: task('b', 'Later'), D: task('d') });
    expect(asked).toEqual(['Update B b (b)', 'Create D d', 'Delete C c (c)']);
    expect((await start({ A: task('a'), B: task('b', 'Later'), D: task('d') })).asked).toEqual([]);
  });

  it('are replaced under another id: the old one goes when all else went well, also after a failure', async () => {
    const start = makeStack();
    await start({ A: task('a') });
    const refuses: Answer = (event) =>
      event.LogicalResourceId === 'B'
        ? { Status: 'FAILED', Reason: 'No', PhysicalResourceId: 'none' }
        : agrees(event);
    const failed = await start({ A: task('a2'), B: task('b') }, refuses);
    expect(failed).toMatchObject({ asked: ['Update A a2 (a)', 'Create B b'], failure: 'B: No' });
    expect((await start({ A: task('a2') })).asked).toEqual(['Delete A a (a)']);
  });

  it('keep the id that they have gone back to', async () => {
    const start = makeStack();
    const refusesB: Answer = (event) =>
      event.LogicalResourceId === 'B' ? { Status: 'FAILED', PhysicalResourceId: 'none' } : agrees(event);
    await start({ A: task('a') });
    await start({ A: task('a2'), B: task('b') }, refusesB);
    expect((await start({ A: task('a') })).asked).toEqual(['Update A a (a2)', 'Delete A a2 (a2)']);
  });

  it('are made in the order in which they need each other', async () => {
    const { asked } = await makeStack()({
      First: task('first', 'First', { DependsOn: ['Second'] }),
      Second: {
        ...task('second'),
        Properties: {
          ...task('second').Properties,
          Task: { 'Fn::Join': ['', ['{"onSuccess":[{"taskId":"', { Ref: 'Third' }, '"}]}']] },
        },
      },
      Third: task('third'),
    });
    expect(asked).toEqual(['Create Third third', 'Create Second second', 'Create First first']);
  });

  it.each<[string, Answer, string]>([
    [
      'refused',
      () => ({ Status: 'FAILED', Reason: 'The task is not valid', PhysicalResourceId: 'x' }),
      'A: The task is not valid',
    ],
    ['not answered', () => undefined, 'A: its function gave no answer'],
    [
      'answered in a way that CloudFormation would not take',
      () => ({ Status: 'SUCCESS' }),
      'A: its function gave no answer',
    ],
  ])('end the start when one is %s, and are asked for again at the next', async (_, answer, failure) => {
    const start = makeStack();
    expect((await start({ A: task('a') }, answer)).failure).toBe(failure);
    expect((await start({ A: task('a') })).asked).toEqual(['Create A a']);
  });

  it('that stand no more are named when the function has gone with the last of them', async () => {
    const start = makeStack();
    await start({ A: task('a') });
    const { warnings } = await start({}, agrees, 'Other');
    expect(warnings).toEqual([
      expect.stringMatching(/^A stands no more in the app; delete its task a through the API/),
    ]);
    expect((await start({}, agrees, 'Other')).warnings).toEqual([]);
  });
});
