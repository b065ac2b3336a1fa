import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { routes as table } from '../../../functions/api/routes.ts';
import { ROUTE_LIMITS } from '../../../infra/config-api.ts';
import { AdminApi, type AdminApiProps } from '../../../infra/constructs/api.ts';
import { emptyStack, someFunction } from '../deployment.ts';

function apiWith(props: Partial<AdminApiProps> = {}): Template {
  const stack = emptyStack();
  new AdminApi(stack, 'Api', {
    handler: someFunction(stack, 'Handler'),
    authorizer: someFunction(stack, 'Names'),
    name: 'jobs',
    requestsPerSecond: 50,
    burst: 80,
    routes: {},
    corsOrigins: [],
    logRetentionDays: 7,
    ...props,
  });
  return Template.fromStack(stack);
}

describe('the API', () => {
  const template = apiWith();

  it('asks the authorizer on every route but the three public ones', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]);
    expect(Object.fromEntries(routes)).toEqual({
      'ANY /': 'CUSTOM',
      'ANY /{proxy+}': 'CUSTOM',
      'GET /v1/health': 'NONE',
      'GET /v1/openapi.json': 'NONE',
      'GET /docs': 'NONE',
    });
  });

  it('asks it on every request, whatever headers that has, and remembers no answer', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: [],
    });
  });

  it('limits the rate and writes an access log that holds no credential', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 80 },
      AccessLogSettings: { Format: Match.not(Match.stringLikeRegexp('authorization|header|query')) },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  it('limits single routes, which it then knows as routes', () => {
    const routes = {
      'POST /v1/tasks/{id}/backfill': { requestsPerSecond: 5, burst: 10 },
      'GET /v1/health': { requestsPerSecond: 1, burst: 2 },
    };
    const limited = apiWith({ routes });
    limited.hasResource('AWS::ApiGatewayV2::Stage', {
      Properties: Match.objectLike({
        RouteSettings: {
          'POST /v1/tasks/{id}/backfill': { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
          'GET /v1/health': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 },
        },
      }),
      // A setting for a route that is not there yet would fail the deployment.
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('backfill')]),
    });
    limited.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: 'POST /v1/tasks/{id}/backfill',
      AuthorizationType: 'CUSTOM',
    });
    limited.resourceCountIs('AWS::ApiGatewayV2::Route', 6);
  });

  it('limits by default what the table of routes has', () => {
    const known = new Set(table.map(({ method, path }) => `${method} ${path}`));
    expect(Object.keys(ROUTE_LIMITS).filter((key) => !known.has(key))).toEqual([]);
  });

  it('answers no other origin unless one is configured', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { CorsConfiguration: Match.absent() });
    apiWith({ corsOrigins: ['https://console.example.com'] }).hasResourceProperties(
      'AWS::ApiGatewayV2::Api',
      {
        CorsConfiguration: Match.objectLike({
          AllowOrigins: ['https://console.example.com'],
          AllowHeaders: Match.arrayWith(['authorization']),
        }),
      },
    );
  });
});
