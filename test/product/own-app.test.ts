import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openApi } from '../support/api-client.ts';
import { type ApiWorld, openWorld } from '../support/api-world.ts';
import { eventually } from '../support/eventually.ts';
import { openCli } from '../support/spawn-cli.ts';
import { type RunningEngine, startEngine } from '../support/start-engine.ts';
import { installOwnApp, type OwnApp } from './own-app.ts';

let app: OwnApp;
beforeAll(async () => {
  app = await installOwnApp();
}, 240_000);
afterAll(() => app?.dispose());

const installed = (path: string) => existsSync(join(app.directory, 'node_modules', path));

describe('the package', () => {
  it('holds compiled files and their types, and neither sources nor tests', () => {
    const page = 'package/dist/functions/console/built/';
    const strange = app.packed.filter(
      (path) => !/\.(js|d\.ts|json|md)$/.test(path) && !path.startsWith(page),
    );
    expect(app.packed).toContain(`${page}index.html`);
    expect(strange).toEqual(['package/LICENSE']);
    expect(app.packed.filter((path) => /^package\/(test|infra|functions|shared)\//.test(path))).toEqual([]);
  });

  it('shares the CDK, its constructs and zod with the app that uses it', () => {
    for (const name of ['aws-cdk-lib', 'constructs', 'zod']) {
      expect([name, installed(name), installed(`escapement/node_modules/${name}`)]).toEqual([
        name,
        true,
        false,
      ]);
    }
  });

  it('brings no Node of its own, and no tools that only its making needs', () => {
    for (const name of ['node', 'typescript', 'vitest', '@biomejs/biome', 'aws-cdk']) {
      expect([name, installed(name)]).toEqual([name, false]);
    }
  });

  it('has types that let right use pass and refuse wrong use', async () => {
    const types = join(import.meta.dirname, '../../node_modules/@types');
    await app.run('tsc', '--typeRoots', types);
    // The package's declarations themselves; some of the CDK's contradict each other under exactOptionalPropertyTypes.
    const asAWhole = ['--skipLibCheck', 'false', '--exactOptionalPropertyTypes', 'false'];
    await app.run('tsc', '--typeRoots', types, ...asAWhole);
  });
});

describe('the construct in an app of somebody else', () => {
  let template: Template;
  beforeAll(async () => {
    await app.run('cdk', 'synth', '--quiet', '--output', 'synthesized');
    const file = join(app.directory, 'synthesized', 'Shop.template.json');
    template = Template.fromJSON(JSON.parse(readFileSync(file, 'utf8')));
  }, 120_000);

  it('makes the queues that the app asks for, and not the one it took away', () => {
    const names = Object.values(template.findResources('AWS::SQS::Queue'))
      .map(({ Properties }) => String(Properties.QueueName))
      .filter((name) => !name.endsWith('-dlq'));
    expect(names.sort()).toEqual([
      'shop-default',
      'shop-dispatch',
      'shop-high',
      'shop-invoices',
      'shop-orders',
    ]);
  });

  it('lets the settings of the app win over its defaults', () => {
    const workers = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).map(
      ({ Properties }) => Properties.ScalingConfig.MaximumConcurrency,
    );
    expect(workers.sort((a, b) => a - b)).toEqual([3, 4, 20, 20]);
  });

  it('gives its handlers what they were granted, one queue’s more than the others’', () => {
    const policiesWith = (action: unknown) =>
      Object.keys(
        template.findResources('AWS::IAM::Policy', {
          Properties: {
            PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: action })]) },
          },
        }),
      );
    expect(policiesWith(Match.arrayWith(['s3:PutObject']))).toEqual([
      expect.stringContaining('Executorinvoices'),
    ]);
    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: Match.objectLike({ ORDERS_URL: Match.anyValue() }) } },
      3,
    );
  });

  it('is measured by metrics that the app’s own alarms can use', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'RunsDead',
      Dimensions: [Match.objectLike({ Value: 'shop' })],
      Period: 300,
      Threshold: 1,
    });
  });
});

describe('escapement-local in the folder of that app', () => {
  let engine: RunningEngine;
  let world: ApiWorld;
  beforeAll(async () => {
    const path = join(app.directory, 'node_modules/.bin/escapement-local');
    engine = await startEngine({ program: { path, directory: app.directory }, readyWithinMs: 120_000 });
    world = openWorld(openApi(engine));
  }, 150_000);
  afterAll(() => engine?.dispose());

  it('says what of the stack it leaves out', () => {
    expect(engine.output()).toMatch(/left out: Receipts\w+, for AWS::S3::Bucket is not run here/);
  });

  it('serves the console that the package brings', async () => {
    const page = await (await fetch(`${engine.url}/console`)).text();
    const script = /src="(\/console\/assets\/[^"]+)"/.exec(page)?.[1] ?? 'no script';
    expect((await fetch(engine.url + script)).status).toBe(200);
    expect(engine.output()).toContain(`Console: ${engine.url}/console`);
  });

  it('runs a handler of the app on a queue of the app, with what it was granted', async () => {
    const payload = { article: 'tea' };
    const task = await world.task({
      handler: 'shop.order',
      queue: 'invoices',
      payload,
      schedule: { kind: 'now' },
    });
    expect(task).toMatchObject({ timeoutSeconds: 30, retry: { strategy: 'fixed', limit: 1 } });
    const [run] = await world.ended(task.id);
    expect(run).toMatchObject({ status: 'success', queue: 'invoices', result: { ordered: 1 } });

    const endpoint = /AWS endpoint: (http:\S+)/.exec(engine.output())?.[1] ?? '';
    const credentials = { accessKeyId: 'anybody', secretAccessKey: 'anything' };
    const sqs = new SQSClient({ region: 'us-east-1', endpoint, credentials });
    onTestFinished(() => sqs.destroy());
    const QueueUrl = `${endpoint}/000000000000/shop-orders`;
    const message = await eventually(async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      expect(Messages).toHaveLength(1);
      return Messages[0];
    });
    expect(JSON.parse(message?.Body ?? '')).toEqual({ ...payload, pieces: 1, once: run?.idempotencyKey });
  });

  it('has the task that the app declares', async () => {
    expect(await world.read('order-tea')).toMatchObject({
      name: 'Order tea',
      createdBy: expect.stringMatching(/^cdk:Shop\/OrderTea/),
    });
  });

  it('lets what a task says win over what its queue says', async () => {
    const task = await world.task({
      handler: 'shop.order',
      queue: 'invoices',
      payload: { article: 'tea' },
      timeoutSeconds: 7,
      schedule: { kind: 'cron', expressions: ['0 0 1 1 *'] },
    });
    expect(task).toMatchObject({ timeoutSeconds: 7, retry: { limit: 1 } });
  });

  it.each([
    ['broke', 'CardDeclined', 1],
    ['anybody', 'BankIsClosed', 2],
  ])(
    'reports the app’s own errors by the name of their class: %s → %s',
    async (customer, errorType, attempts) => {
      const task = await world.task({
        handler: 'shop.charge',
        queue: 'invoices',
        payload: { customer },
        schedule: { kind: 'now' },
      });
      const [run] = await world.ended(task.id);
      expect(run).toMatchObject({ status: 'dead', attempt: attempts });
      expect(run?.attempts.at(-1)).toMatchObject({ errorType });
    },
  );

  it('is steered by the package’s command line', async () => {
    const cli = openCli(join(app.directory, 'node_modules/.bin/escapement'));
    onTestFinished(() => cli.dispose());
    await cli.feed(engine.token, 'login', engine.url, '--token-file', '-');
    const { code, out } = await cli.run('handlers', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({ name: 'shop.charge' }),
      expect.objectContaining({ name: 'shop.order' }),
    ]);
  });

  it('refuses a payload that the handler’s schema does not take', async () => {
    const json = { name: 'Bad', handler: 'shop.order', payload: { pieces: 0 }, schedule: { kind: 'now' } };
    const body = await world.must(422, 'POST', '/v1/tasks', { json });
    expect(JSON.stringify(body)).toContain('payload.article');
  });
});
