/**
 * Every resource type a template may hold: what its Ref and attributes are here, or why it does nothing on a
 * laptop. A type that is in neither table is an error.
 */
export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';
export const PARTITION = 'aws';

export interface Named {
  logicalId: string;
  /** The name that the template gives, or one made of stack and logical id, as CloudFormation does. */
  name: string;
  /** Base URL of the loopback AWS endpoint. */
  endpointUrl: string;
  /** Base URL of the HTTP API. */
  apiUrl: string;
}

export interface RealType {
  /** Property that holds the physical name, if the type has one. */
  nameProperty?: string;
  ref(resource: Named): string;
  attributes: Record<string, (resource: Named) => string>;
}

export function arn(service: string, resource: string): string {
  return `arn:${PARTITION}:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}
const queueUrl = (r: Named) => `${r.endpointUrl}/${ACCOUNT_ID}/${r.name}`;
const tableArn = (r: Named) => arn('dynamodb', `table/${r.name}`);
const secretArn = (r: Named) => arn('secretsmanager', `secret:${r.name}`);
const table: RealType = {
  nameProperty: 'TableName',
  ref: (r) => r.name,
  attributes: { Arn: tableArn, TableId: (r) => r.logicalId },
};
const logicalId = (r: Named) => r.logicalId;
/** IAM is not of a region. */
const iamArn = (resource: string) => `arn:${PARTITION}:iam::${ACCOUNT_ID}:${resource}`;
const attached: RealType = { ref: logicalId, attributes: { Id: logicalId } };

export const REAL_TYPES: Record<string, RealType> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: (r) => arn('sqs', r.name), QueueName: (r) => r.name, QueueUrl: queueUrl },
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    ref: (r) => r.name,
    attributes: { Arn: (r) => arn('lambda', `function:${r.name}`) },
  },
  'AWS::Lambda::EventSourceMapping': {
    ref: logicalId,
    attributes: {
      Id: logicalId,
      EventSourceMappingArn: (r) => arn('lambda', `event-source-mapping:${r.logicalId}`),
    },
  },
  'AWS::Lambda::EventInvokeConfig': { ref: logicalId, attributes: {} },
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    ref: (r) => r.name,
    attributes: { Arn: (r) => arn('events', `event-bus/${r.name}`), Name: (r) => r.name },
  },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    ref: (r) => r.name,
    attributes: { Arn: (r) => arn('events', `rule/${r.name}`) },
  },
  'AWS::Scheduler::Schedule': {
    nameProperty: 'Name',
    ref: (r) => r.name,
    attributes: { Arn: (r) => arn('scheduler', `schedule/default/${r.name}`) },
  },
  'AWS::ApiGatewayV2::Api': {
    ref: logicalId,
    attributes: { ApiId: logicalId, ApiEndpoint: (r) => r.apiUrl },
  },
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName', ref: (r) => r.name, attributes: {} },
  'AWS::ApiGatewayV2::Integration': { ref: logicalId, attributes: { IntegrationId: logicalId } },
  'AWS::ApiGatewayV2::Route': { ref: logicalId, attributes: { RouteId: logicalId } },
  'AWS::ApiGatewayV2::Authorizer': { ref: logicalId, attributes: { AuthorizerId: logicalId } },
  'AWS::SecretsManager::Secret': { nameProperty: 'Name', ref: secretArn, attributes: { Id: secretArn } },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    ref: (r) => r.name,
    attributes: { Arn: (r) => iamArn(`role/${r.name}`), RoleId: logicalId },
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    ref: (r) => iamArn(`policy/${r.name}`),
    attributes: { PolicyArn: (r) => iamArn(`policy/${r.name}`) },
  },
  'Custom::EscapementTask': { nameProperty: 'Id', ref: (r) => r.name, attributes: {} },
  'AWS::IAM::Policy': attached,
  'AWS::IAM::RolePolicy': attached,
  'AWS::Lambda::Permission': attached,
  'AWS::SQS::QueuePolicy': attached,
  'AWS::SecretsManager::ResourcePolicy': attached,
};

const OBSERVED = 'nothing is measured by CloudWatch here; logs lie in the data folder';
const NOTIFIED = 'nobody is notified from a laptop';
const NETWORKED = 'functions use the network of the laptop';
const ADDRESSED = 'the API has the address of the laptop';

/** Type → why it is left out. References to these resolve to a placeholder name or ARN. */
export const IGNORED_TYPES: Record<string, string> = {
  'AWS::CDK::Metadata': 'tells AWS which constructs were used',
  'AWS::KMS::Key': 'data at rest is protected by the disk of the laptop',
  'AWS::KMS::Alias': 'data at rest is protected by the disk of the laptop',
  'AWS::Logs::LogGroup': OBSERVED,
  'AWS::Logs::MetricFilter': OBSERVED,
  'AWS::Logs::QueryDefinition': OBSERVED,
  'AWS::CloudWatch::Alarm': OBSERVED,
  'AWS::CloudWatch::CompositeAlarm': OBSERVED,
  'AWS::CloudWatch::Dashboard': OBSERVED,
  'AWS::SNS::Topic': NOTIFIED,
  'AWS::SNS::Subscription': NOTIFIED,
  'AWS::SNS::TopicPolicy': NOTIFIED,
  'AWS::EC2::SecurityGroup': NETWORKED,
  'AWS::EC2::SecurityGroupEgress': NETWORKED,
  'AWS::EC2::SecurityGroupIngress': NETWORKED,
  'AWS::ApiGatewayV2::DomainName': ADDRESSED,
  'AWS::ApiGatewayV2::ApiMapping': ADDRESSED,
  'AWS::Scheduler::ScheduleGroup': 'schedules are told apart by name',
};
