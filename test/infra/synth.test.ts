import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';

/** It bundles nine functions, perhaps besides much else. */
const SYNTHESIS_MS = 240_000;
const repository = fileURLToPath(new URL('../..', import.meta.url));

const FunctionResource = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({
    Description: z.string(),
    Handler: z.literal('index.handler'),
    Code: z.object({ S3Key: z.string() }),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});
const TemplateJson = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() }).loose()) });

type Resources = z.infer<typeof TemplateJson>['Resources'];

const Join = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });
const Reference = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }).transform((to) => to['Fn::GetAtt'][0]),
]);
const Queue = z.object({ Properties: z.object({ QueueName: z.string() }) });

/** What CloudFormation would put there; the functions only need its form: addresses and ARNs of queues end in their name. */
function textOf(value: unknown, resources: Resources): string {
  if (typeof value === 'string') return value;
  const joined = Join.safeParse(value);
  if (joined.success) return joined.data['Fn::Join'][1].map((part) => textOf(part, resources)).join('');
  const queue = Queue.safeParse(resources[Reference.safeParse(value).data ?? '']);
  return queue.success ? `a-reference-to-${queue.data.Properties.QueueName}` : 'a-reference';
}

describe('the synthesized app', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-test-'));
  let functions: z.infer<typeof FunctionResource>['Properties'][];
  let resources: Resources;

  beforeAll(() => {
    const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: '{}' };
    const run = spawnSync(process.execPath, ['infra/app.ts'], { cwd: repository, env, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    resources = TemplateJson.parse(
      JSON.parse(readFileSync(join(outdir, 'escapement.template.json'), 'utf8')),
    ).Resources;
    functions = Object.values(resources).flatMap((resource) => {
      const parsed = FunctionResource.safeParse(resource);
      return parsed.success ? [parsed.data.Properties] : [];
    });
  }, SYNTHESIS_MS);
  afterAll(() => rmSync(outdir, { recursive: true }));

  it('gives each function a bundle that starts with nothing but the environment of its template', () => {
    expect(functions).toHaveLength(9);
    for (const { Description, Code, Environment } of functions) {
      const bundle = join(outdir, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, 'index.mjs');
      const variables = Object.entries(Environment.Variables).map(([name, value]) => [
        name,
        textOf(value, resources),
      ]);
      const run = spawnSync(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `const { handler } = await import(${JSON.stringify(pathToFileURL(bundle).href)});` +
            'process.stdout.write(typeof handler); process.exit()',
        ],
        {
          cwd: tmpdir(),
          env: { AWS_REGION: 'eu-west-1', ...Object.fromEntries(variables) },
          encoding: 'utf8',
        },
      );
      expect({ Description, handler: run.stdout, errors: run.stderr }).toEqual({
        Description,
        handler: 'function',
        errors: '',
      });
    }
  });

  it('builds the executor once for all queues', () => {
    const executors = functions.filter(({ Description }) => Description.startsWith('Runs what is due'));
    expect(executors).toHaveLength(3);
    expect(new Set(executors.map(({ Code }) => Code.S3Key)).size).toBe(1);
  });
});
