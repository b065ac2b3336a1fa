import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  CfnStage,
  CorsHttpMethod,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { RouteLimits } from '../config-api.ts';

/** Reachable without a credential: a health check, the description of the API and its pages. */
export const PUBLIC_PATHS = ['/v1/health', '/v1/openapi.json', '/docs'] as const;
/** The page holds nothing of anybody; what it shows it gets from the API, with the credential of whoever looks. */
const CONSOLE_PATHS = ['/console', '/console/{proxy+}'] as const;

const publicOnPurpose = {
  id: 'AwsSolutions::AwsSolutions-APIG4',
  reason:
    'A sign of life, the published description of the API and the page of the console: nothing of any tenant is read or written',
};

/** One line per request. Never the Authorization header, never a query string. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  ip: '$context.identity.sourceIp',
  actor: '$context.authorizer.actor',
  error: '$context.error.message',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integrationErrorMessage',
};

export interface AdminApiProps {
  handler: IFunction;
  authorizer: IFunction;
  /** Absent where there is no web console. */
  console?: IFunction | undefined;
  name: string;
  requestsPerSecond: number;
  burst: number;
  /** Routes with a limit of their own. */
  routes: RouteLimits;
  corsOrigins: readonly string[];
  logRetentionDays: RetentionDays;
  /** Of the access log. */
  key?: IKey | undefined;
  domain?: ApiDomain | undefined;
}

export interface ApiDomain {
  domainName: string;
  certificateArn: string;
  defaultEndpoint: boolean;
}

/** HTTP API in front of one function. The authorizer only names the caller; the function refuses, in the API's own error format. */
export class AdminApi extends Construct {
  readonly httpApi: HttpApi;
  readonly url: string;
  /** Where an alias record of the configured name must point. */
  readonly aliasTarget: { domainName: string; hostedZoneId: string } | undefined;

  constructor(scope: Construct, id: string, props: AdminApiProps) {
    super(scope, id);
    this.httpApi = new HttpApi(this, 'HttpApi', {
      apiName: props.name,
      createDefaultStage: false,
      ...(props.domain && { disableExecuteApiEndpoint: !props.domain.defaultEndpoint }),
      ...(props.corsOrigins.length > 0 && { corsPreflight: corsFor(props.corsOrigins) }),
    });
    const integration = new HttpLambdaIntegration('Handler', props.handler);
    const authorizer = new HttpLambdaAuthorizer('Authorizer', props.authorizer, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      // An identity source would have the gateway answer a missing header itself; a cache would keep revoked tokens alive.
      identitySource: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    for (const path of ['/', '/{proxy+}']) {
      this.httpApi.addRoutes({ path, methods: [HttpMethod.ANY], integration, authorizer });
    }
    const open = (path: string, methods: HttpMethod[], to: HttpLambdaIntegration) => {
      const authorizer = new HttpNoneAuthorizer();
      const routes = this.httpApi.addRoutes({ path, methods, integration: to, authorizer });
      for (const route of routes) Validations.of(route).acknowledge(publicOnPurpose);
    };
    for (const path of PUBLIC_PATHS) open(path, [HttpMethod.GET], integration);
    if (props.console) {
      const page = new HttpLambdaIntegration('Console', props.console);
      for (const path of CONSOLE_PATHS) open(path, [HttpMethod.GET, HttpMethod.HEAD], page);
    }
    // The gateway limits only what it knows as a route.
    const limited = Object.keys(props.routes)
      .filter((key) => !PUBLIC_PATHS.some((path) => key === `GET ${path}`))
      .flatMap((key) => {
        const [method = '', path = ''] = key.split(' ');
        return this.httpApi.addRoutes({ path, methods: [methodOf(method)], integration, authorizer });
      });

    const logs = new LogGroup(this, 'AccessLogs', {
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.key && { encryptionKey: props.key }),
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.requestsPerSecond, burstLimit: props.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    limitRoutes(stage, props.routes);
    stage.node.addDependency(...limited);
    const domain = props.domain && this.addDomain(props.domain, stage);
    this.url = domain ? `https://${domain.name}/` : stage.url;
    this.aliasTarget = domain && {
      domainName: domain.regionalDomainName,
      hostedZoneId: domain.regionalHostedZoneId,
    };
  }

  private addDomain({ domainName, certificateArn }: ApiDomain, stage: HttpStage): DomainName {
    const domain = new DomainName(this, 'Domain', {
      domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'Mapping', { api: this.httpApi, domainName: domain, stage });
    return domain;
  }
}

const methodOf = (name: string): HttpMethod => {
  const method = Object.values(HttpMethod).find((one) => one === name);
  if (method === undefined) throw new Error(`${name} is no method`);
  return method;
};

/** CDK's own stage knows one limit for all. */
function limitRoutes(stage: HttpStage, routes: RouteLimits): void {
  const resource = stage.node.defaultChild;
  if (!(resource instanceof CfnStage)) throw new Error('the stage is no stage');
  resource.routeSettings = Object.fromEntries(
    Object.entries(routes).map(([key, { requestsPerSecond, burst }]) => [
      key,
      { ThrottlingRateLimit: requestsPerSecond, ThrottlingBurstLimit: burst },
    ]),
  );
}

const corsFor = (allowOrigins: readonly string[]) => ({
  allowOrigins: [...allowOrigins],
  allowMethods: [CorsHttpMethod.ANY],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match'],
  exposeHeaders: ['etag', 'location', 'retry-after'],
  maxAge: Duration.hours(1),
});
