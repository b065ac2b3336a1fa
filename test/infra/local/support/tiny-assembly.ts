// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes references so
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Assembly, readAssembly } from '../../../../infra/local/template/assembly.ts';

export interface TinyFunction {
  /** Source of index.mjs. */
  code: string;
  environment?: Record<string, unknown>;
  timeoutSeconds?: number;
  more?: Record<string, unknown>;
}

/** Writes a cloud assembly as CDK lays it out: one stack of the given functions and resources. */
export function writeAssembly(
  directory: string,
  functions: Record<string, TinyFunction>,
  resources: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
): Assembly {
  const files: Record<string, unknown> = {};
  const all: Record<string, unknown> = { ...resources };
  for (const [logicalId, fn] of Object.entries(functions)) {
    const folder = `asset.${logicalId}`;
    mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, folder, 'index.mjs'), fn.code);
    files[logicalId] = {
      source: { path: folder, packaging: 'zip' },
      destinations: { current: { bucketName: 'assets', objectKey: `${logicalId}.zip` } },
    };
    all[logicalId] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: {
          S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' },
          S3Key: `${logicalId}.zip`,
        },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: fn.timeoutSeconds ?? 10,
        MemorySize: 256,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: { Variables: fn.environment ?? {} },
        ...fn.more,
      },
    };
  }
  all.Role ??= role({ Action: ['dynamodb:*', 'sqs:*', 'secretsmanager:*'], Resource: '*' });
  const write = (file: string, content: unknown) =>
    writeFileSync(join(directory, file), JSON.stringify(content));
  mkdirSync(directory, { recursive: true });
  write('manifest.json', {
    artifacts: {
      'Tiny.assets': { type: 'cdk:asset-manifest', properties: { file: 'Tiny.assets.json' } },
      Tiny: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Tiny.template.json' } },
    },
  });
  write('Tiny.assets.json', { files });
  write('Tiny.template.json', { Resources: all, ...rest });
  return readAssembly(directory);
}

/** A role that Lambda may take, with what it allows. */
export function role(...allow: Record<string, unknown>[]) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      },
      Policies: [
        {
          PolicyName: 'Own',
          PolicyDocument: { Statement: allow.map((statement) => ({ Effect: 'Allow', ...statement })) },
        },
      ],
    },
  };
}

/** Lets a service call a function. */
export function permission(functionId: string, service: string, sourceArn?: unknown) {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [functionId, 'Arn'] },
      Principal: `${service}.amazonaws.com`,
      ...(sourceArn !== undefined && { SourceArn: sourceArn }),
    },
  };
}

/** An HTTP API on one function, which may call it: `routes` maps a route key to whether it is authorized. */
export function httpApiResources(
  handler: string,
  routes: Record<string, boolean>,
  authorizer?: { functionId: string; identitySource?: string[]; ttlSeconds?: number },
): Record<string, unknown> {
  const resources: Record<string, unknown> = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'tiny', ProtocolType: 'HTTP' } },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [handler, 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    HandlerPermission: permission(handler, 'apigateway'),
  };
  if (authorizer) {
    resources.AuthorizerPermission = permission(authorizer.functionId, 'apigateway');
    const path = ['arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/', '/invocations'];
    resources.Authorizer = {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: 'Api' },
        AuthorizerType: 'REQUEST',
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        AuthorizerUri: {
          'Fn::Join': ['', [path[0], { 'Fn::GetAtt': [authorizer.functionId, 'Arn'] }, path[1]]],
        },
        IdentitySource: authorizer.identitySource ?? [],
        AuthorizerResultTtlInSeconds: authorizer.ttlSeconds ?? 0,
      },
    };
  }
  for (const [index, [key, authorized]] of Object.entries(routes).entries()) {
    resources[`Route${index}`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: key,
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
        ...(authorized ? { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Authorizer' } } : {}),
      },
    };
  }
  return resources;
}
