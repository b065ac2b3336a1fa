import { expect, it } from 'vitest';
import { resourcesOf } from './variant-templates.ts';

/** Under another logical id CloudFormation makes a new one of these, and throws the old one away or leaves it behind. */
const KEPT = {
  'AWS::DynamoDB::GlobalTable': ['SchedulerTable43AD0AB1'],
  'AWS::SecretsManager::Secret': ['SchedulerAdminToken0643BE3B'],
  'AWS::ApiGatewayV2::Api': ['SchedulerApiHttpApiEF325A1E'],
  'AWS::Events::EventBus': ['SchedulerEventsF89CFB97'],
  'AWS::SNS::Topic': ['SchedulerObservabilityAlarmsTopic8ACAB647'],
  'AWS::SQS::Queue': [
    'SchedulerDispatchQueue64228E6B',
    'SchedulerDispatchQueueDeadLetters6E2A30CD',
    'SchedulerQueuedefaultDeadLetters268E23A8',
    'SchedulerQueuedefaultQueue62870C17',
    'SchedulerQueuehighDeadLetters3CB4A019',
    'SchedulerQueuehighQueue492CBE97',
    'SchedulerQueuelowDeadLettersE2F2D65C',
    'SchedulerQueuelowQueue41E19D5F',
  ],
};

it.each(Object.entries(KEPT))('a new version keeps what has data or is known to people: %s', (type, ids) => {
  const found = resourcesOf('default').filter((resource) => resource.type === type);
  expect(found.map(({ id }) => id).sort()).toEqual(ids);
});
