import * as z from 'zod';
import { TemplateError } from './intrinsics.ts';
import { type FunctionPlan, findFunction } from './plan-functions.ts';
import { bool, int, parseAll, unsupported } from './properties.ts';
import type { Resource } from './scope.ts';

export interface HttpApiPlan {
  apiId: string;
  /** "$default" leaves paths as they are; any other name is their first segment. */
  stage: string;
  stageVariables: Record<string, string> | undefined;
  cors: CorsPlan | undefined;
  routes: RoutePlan[];
}
export interface RoutePlan {
  /** "ANY /v1/{proxy+}" or "$default" */
  key: string;
  functionId: string;
  timeoutMs: number;
  authorizer: AuthorizerPlan | undefined;
  throttle: ThrottlePlan | undefined;
}
export interface ThrottlePlan {
  perSecond: number;
  burst: number;
}
export interface AuthorizerPlan {
  id: string;
  functionId: string;
  identitySources: string[];
  cacheSeconds: number;
}
export type CorsPlan = z.infer<typeof CorsSchema>;

const INTEGRATION_TIMEOUT_MS = 30_000;
const CorsSchema = z.object({
  AllowOrigins: z.array(z.string()).default([]),
  AllowMethods: z.array(z.string()).default([]),
  AllowHeaders: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  MaxAge: int.optional(),
  AllowCredentials: bool.default(false),
});
const ApiSchema = z.object({
  ProtocolType: z.literal('HTTP', { error: 'only HTTP APIs are supported' }).default('HTTP'),
  CorsConfiguration: CorsSchema.optional(),
  Body: unsupported('an OpenAPI body'),
});
/** Where only one of the two is given, the account's limit stands for the other. */
const RouteSettingsSchema = z
  .object({
    ThrottlingRateLimit: z.coerce.number().positive().default(10_000),
    ThrottlingBurstLimit: int.min(1).default(5_000),
  })
  .transform(({ ThrottlingRateLimit, ThrottlingBurstLimit }) => ({
    perSecond: ThrottlingRateLimit,
    burst: ThrottlingBurstLimit,
  }));
const StageSchema = z.object({
  ApiId: z.string(),
  DefaultRouteSettings: RouteSettingsSchema.optional(),
  RouteSettings: z.record(z.string(), RouteSettingsSchema).default({}),
  StageVariables: z.record(z.string(), z.string()).optional(),
});
const IntegrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY', { error: 'only Lambda integrations are supported' }),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0', { error: 'only payload format 2.0 is supported' }),
  TimeoutInMillis: int.default(INTEGRATION_TIMEOUT_MS),
  RequestParameters: unsupported('RequestParameters'),
  ResponseParameters: unsupported('ResponseParameters'),
});
const RouteSchema = z.object({
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z
    .enum(['NONE', 'CUSTOM'], { error: 'only Lambda authorizers are supported' })
    .default('NONE'),
  AuthorizerId: z.string().optional(),
});
const AuthorizerSchema = z.object({
  AuthorizerType: z.literal('REQUEST', { error: 'only Lambda authorizers are supported' }),
  AuthorizerUri: z.string(),
  AuthorizerPayloadFormatVersion: z.literal('2.0', { error: 'only payload format 2.0 is supported' }),
  EnableSimpleResponses: bool.refine((simple) => simple, 'only simple responses are supported'),
  IdentitySource: z.array(z.string()).default([]),
  AuthorizerResultTtlInSeconds: int.default(0),
});

/** undefined when the template has no HTTP API; one is all that a port can serve. */
export function planHttpApi(resources: Resource[], functions: FunctionPlan[]): HttpApiPlan | undefined {
  const [api, second] = parseAll(resources, 'AWS::ApiGatewayV2::Api', ApiSchema);
  if (!api) return undefined;
  if (second) throw new TemplateError(`${second.resource.logicalId}: a second HTTP API cannot be served`);
  const stages = parseAll(resources, 'AWS::ApiGatewayV2::Stage', StageSchema);
  const stage = stages.find(({ resource }) => resource.name === '$default') ?? stages[0];
  if (!stage) throw new TemplateError(`${api.resource.logicalId}: has no stage`);

  const authorizers = new Map(
    parseAll(resources, 'AWS::ApiGatewayV2::Authorizer', AuthorizerSchema).map(({ resource, properties }) => [
      resource.ref,
      {
        id: resource.logicalId,
        functionId: findFunction(functions, properties.AuthorizerUri, resource.logicalId).logicalId,
        identitySources: properties.IdentitySource,
        cacheSeconds: properties.AuthorizerResultTtlInSeconds,
      },
    ]),
  );
  const integrations = new Map(
    parseAll(resources, 'AWS::ApiGatewayV2::Integration', IntegrationSchema).map(
      ({ resource, properties }) => [
        `integrations/${resource.ref}`,
        {
          functionId: findFunction(functions, properties.IntegrationUri, resource.logicalId).logicalId,
          timeoutMs: Math.min(properties.TimeoutInMillis, INTEGRATION_TIMEOUT_MS),
        },
      ],
    ),
  );
  const routes = parseAll(resources, 'AWS::ApiGatewayV2::Route', RouteSchema).map(
    ({ resource, properties }) => {
      const integration = integrations.get(properties.Target);
      if (!integration) throw new TemplateError(`${resource.logicalId}: no integration ${properties.Target}`);
      const authorizer = authorizers.get(properties.AuthorizerId ?? '');
      if (properties.AuthorizationType === 'CUSTOM' && !authorizer)
        throw new TemplateError(`${resource.logicalId}: no authorizer ${properties.AuthorizerId}`);
      const key = properties.RouteKey;
      const { RouteSettings, DefaultRouteSettings } = stage.properties;
      return { key, ...integration, authorizer, throttle: RouteSettings[key] ?? DefaultRouteSettings };
    },
  );
  const unknown = Object.keys(stage.properties.RouteSettings).filter(
    (key) => !routes.some((route) => route.key === key),
  );
  if (unknown.length > 0)
    throw new TemplateError(`${stage.resource.logicalId}: RouteSettings for no route: ${unknown.join(', ')}`);
  return {
    apiId: api.resource.ref,
    stage: stage.resource.name,
    stageVariables: stage.properties.StageVariables,
    cors: api.properties.CorsConfiguration,
    routes,
  };
}
