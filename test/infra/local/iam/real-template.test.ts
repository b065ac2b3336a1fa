import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { startEngine } from '../../../../infra/local/engine.ts';
import { openHttpServer } from '../../../../infra/local/http/server.ts';
import { createReport } from '../../../../infra/local/report.ts';
import { synthesize } from '../../../../infra/local/synthesis.ts';
import { readAssembly } from '../../../../infra/local/template/assembly.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const TEMPLATE = 'escapement.template.json';
const Template = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() }),
  ),
});
const PolicyDocument = z.looseObject({
  Statement: z.array(z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) })),
});

const synthesized = mkdtempSync(join(tmpdir(), 'escapement-test-'));
afterAll(() => rmSync(synthesized, { recursive: true, force: true }));

/** The repository's own stack with functions bundled as they are deployed; a copy for each test to spoil. */
async function assembly(): Promise<string> {
  const outputDirectory = join(synthesized, 'cdk.out');
  await synthesize({ outputDirectory, handlersFile: undefined, environment: process.env, onSlow: () => {} });
  const copy = join(temporaryFolder(), 'cdk.out');
  cpSync(outputDirectory, copy, { recursive: true });
  return copy;
}

/** Takes an action out of the policies whose name begins so. */
function withoutGrant(directory: string, policy: string, action: string): void {
  const file = join(directory, TEMPLATE);
  const template = Template.parse(JSON.parse(readFileSync(file, 'utf8')));
  let taken = 0;
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (resource.Type !== 'AWS::IAM::Policy' || !id.startsWith(policy) || !resource.Properties) continue;
    const { Statement, ...rest } = PolicyDocument.parse(resource.Properties.PolicyDocument);
    const kept = Statement.flatMap((statement) => {
      const actions = [statement.Action].flat();
      const others = actions.filter((one) => one !== action);
      taken += actions.length - others.length;
      return others.length > 0 ? [{ ...statement, Action: others }] : [];
    });
    resource.Properties.PolicyDocument = { ...rest, Statement: kept };
  }
  expect(taken).toBe(1);
  writeFileSync(file, JSON.stringify(template));
}

async function start(directory: string) {
  let output = '';
  const out = { write: (text: string) => (output += text) } as unknown as NodeJS.WritableStream;
  const dataDirectory = temporaryFolder();
  const server = await openHttpServer({ host: '127.0.0.1', port: 0, warn: () => {} });
  onTestFinished(() => server.close());
  const engine = await startEngine({
    assembly: readAssembly(directory),
    dataDirectory,
    server,
    givenToken: undefined,
    passedOn: {},
    report: createReport(out),
  });
  onTestFinished(() => engine.stop(2_000));
  return { dataDirectory, server, engine, output: () => output };
}

/** Each starts a whole engine. */
describe('this repository’s own template', { timeout: 180_000 }, () => {
  it('gives each function and each trigger what it needs to start', async () => {
    const { server, engine, output } = await start(await assembly());
    const response = await fetch(`${server.url}/v1/tasks`, {
      headers: { authorization: `Bearer ${engine.adminToken?.token}` },
    });
    expect(response.status).toBe(200);
    expect(engine.nextTickAt()).toBeDefined();
    expect(output()).toBe('');
  });

  it('is refused a call by name when one grant is taken out', async () => {
    const directory = await assembly();
    withoutGrant(directory, 'SchedulerTickRole', 'dynamodb:PutItem');
    const { output, dataDirectory } = await start(directory);
    const refusal =
      /Tick: User: arn:aws:sts::000000000000:assumed-role\/escapement-SchedulerTickRole\w+\/escapement-SchedulerTick\w+ is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/escapement-SchedulerTable\w+ because no identity-based policy allows the dynamodb:PutItem action/;
    await until(() => refusal.test(output()), 'the refusal on the console');
    expect(output().match(new RegExp(refusal, 'g'))).toHaveLength(1);
    expect(readFileSync(join(dataDirectory, 'logs', 'SchedulerTick.log'), 'utf8')).toMatch(
      /"level":"ERROR","message":"User: .* dynamodb:PutItem on resource/,
    );
  });

  it('does not start when a poller lacks a grant', async () => {
    const directory = await assembly();
    withoutGrant(directory, 'SchedulerDispatchRole', 'sqs:ReceiveMessage');
    await expect(start(directory)).rejects.toThrow(
      /SchedulerDispatchersSource\w+: the role of SchedulerDispatch\w+ does not allow sqs:ReceiveMessage on arn:aws:sqs:us-east-1:000000000000:escapement-dispatch/,
    );
  });
});
