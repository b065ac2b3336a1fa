import { readFileSync } from 'node:fs';
import { App, CfnElement, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import * as z from 'zod';
import type { Settings } from '../../infra/config.ts';
import { EscapementStack } from '../../infra/stack.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const cdkJson = CdkJson.parse(JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')));

/** The context of a real synthesis, with functions left unbundled: their code does not matter here. */
export const context = { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] };

/** The repository's own deployment, as a template. */
export function deployment(settings: Settings = {}, add: (stack: EscapementStack) => void = () => {}) {
  const stack = new EscapementStack(new App({ context }), settings);
  add(stack);
  return { stack, scheduler: stack.scheduler, template: Template.fromStack(stack) };
}

/** A stack with just what a test puts in. */
export const emptyStack = () => new Stack(new App({ context }), 'test');

export const someFunction = (stack: Stack, id = 'Function') =>
  new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('export const handler = async () => {}'),
  });

/** Name of a construct's own resource in the template. */
export function logicalId(construct: IConstruct | undefined): string {
  const resource = construct?.node.defaultChild;
  if (!CfnElement.isCfnElement(resource)) throw new Error(`${construct?.node.path} has no resource`);
  return Stack.of(resource).resolve(resource.logicalId);
}

const Policy = z.object({
  Properties: z.object({
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({
          Effect: z.string(),
          Action: z.union([z.string(), z.array(z.string())]),
          Resource: z.unknown(),
        }),
      ),
    }),
    Roles: z.array(z.object({ Ref: z.string() })).optional(),
  }),
});

export interface Permission {
  action: string;
  resource: string;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Everything that the policies of a template allow, one action and one resource a line; of one role when named. */
export function allowed(template: Template, roleId?: string): Permission[] {
  const types = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::SQS::QueuePolicy'];
  return types
    .flatMap((type) => Object.values(template.findResources(type)))
    .map((resource) => Policy.parse(resource).Properties)
    .filter(({ Roles }) => roleId === undefined || Roles?.some(({ Ref }) => Ref === roleId))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      list(Action).flatMap((action) =>
        list(Resource).map((resource) => ({ action: String(action), resource: JSON.stringify(resource) })),
      ),
    );
}
