import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAssembly } from '../../../../infra/local/template/assembly.ts';
import { planStack } from '../../../../infra/local/template/plan.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function write(files: Record<string, unknown>): string {
  const directory = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), JSON.stringify(content));
  }
  return directory;
}
const stack = (name: string, environment = 'aws://unknown-account/unknown-region') => ({
  [name]: {
    type: 'aws:cloudformation:stack',
    environment,
    properties: { templateFile: `${name}.template.json` },
  },
});
const SCHEDULER = {
  Resources: {
    Tick: {
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { Variables: { ESCAPEMENT_TABLE: 'tasks' } } },
    },
  },
};
const PAGES = { Resources: { Pages: { Type: 'AWS::S3::Bucket' } } };

describe('the stack that is run', () => {
  it('is the one with a scheduler in it, also when it lies in a stage', () => {
    const stage = { Prod: { type: 'cdk:cloud-assembly', properties: { directoryName: 'prod' } } };
    const directory = write({
      'manifest.json': { artifacts: { ...stack('Website'), ...stage } },
      'Website.template.json': PAGES,
      'prod/manifest.json': { artifacts: stack('Jobs') },
      'prod/Jobs.template.json': SCHEDULER,
    });
    expect(readAssembly(directory).stackName).toBe('Jobs');
  });

  it('is chosen by name where several have a scheduler', () => {
    const directory = write({
      'manifest.json': { artifacts: { ...stack('Jobs'), ...stack('MoreJobs') } },
      'Jobs.template.json': SCHEDULER,
      'MoreJobs.template.json': SCHEDULER,
    });
    expect(() => readAssembly(directory)).toThrow('set ESCAPEMENT_STACK to one of Jobs, MoreJobs');
    expect(readAssembly(directory, 'MoreJobs').stackName).toBe('MoreJobs');
    expect(() => readAssembly(directory, 'Shop')).toThrow('no stack Shop');
  });

  it('is not made out where none has', () => {
    const directory = write({
      'manifest.json': { artifacts: { ...stack('Website'), ...stack('More') } },
      'Website.template.json': PAGES,
      'More.template.json': PAGES,
    });
    expect(() => readAssembly(directory)).toThrow(/one stack with a scheduler.*found: Website, More/);
  });

  it('made for one account and region is read as if made for those of the engine', () => {
    const source = 'arn:aws:sqs:eu-west-1:123456789012:orders';
    const elsewhere = 'arn:aws:sqs:eu-west-1:999999999999:orders';
    const directory = write({
      'manifest.json': { artifacts: stack('Jobs', 'aws://123456789012/eu-west-1') },
      'Jobs.template.json': {
        Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { source, elsewhere, by: '123456789012' } } },
      },
    });
    expect(readAssembly(directory).template.Resources.Q?.Properties).toEqual({
      source: 'arn:aws:sqs:us-east-1:000000000000:orders',
      elsewhere,
      by: '000000000000',
    });
  });
});

it('what another app has besides is left out by name, and what refers to it still stands', () => {
  const directory = write({
    'manifest.json': { artifacts: stack('Shop') },
    'Shop.template.json': {
      Resources: {
        Pages: { Type: 'AWS::S3::Bucket' },
        Orders: {
          Type: 'AWS::SQS::Queue',
          Properties: { QueueName: { 'Fn::Join': ['', ['orders-', { Ref: 'Pages' }]] } },
        },
      },
    },
  });
  const left: string[] = [];
  const urls = { endpointUrl: 'http://127.0.0.1:1', apiUrl: 'http://127.0.0.1:2' };
  const { queues } = planStack(readAssembly(directory), {
    ...urls,
    leaveOut: (logicalId, type) => left.push(`${logicalId} ${type}`),
  });
  expect(left).toEqual(['Pages AWS::S3::Bucket']);
  expect(queues.map(({ name }) => name)).toEqual(['orders-Shop-Pages']);
});
