import { Accordion, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { JsonBlock } from '../../parts/json-block.tsx';
import { useClient } from '../../session/session-context.tsx';
import { isObject } from './draft.ts';
import { useField } from './editor-context.tsx';
import { ChoiceField, JsonField, TextField } from './fields.tsx';

const MOST_HANDLERS = 200;

/** What runs, and what it is given. */
export function WorkSection() {
  const { value: handler, set: setHandler } = useField('handler');
  const { value: target, set: setTarget } = useField('target');
  const isTarget = target !== undefined;
  const choose = (chosen: string) => {
    setHandler(chosen === 'handler' ? (handler ?? '') : undefined);
    setTarget(chosen === 'target' ? (target ?? { type: 'http', url: '' }) : undefined);
  };
  return (
    <Stack>
      <SegmentedControl
        aria-label="What runs"
        data={[
          { value: 'handler', label: 'A handler' },
          { value: 'target', label: 'A target outside' },
        ]}
        value={isTarget ? 'target' : 'handler'}
        onChange={choose}
      />
      {isTarget ? <TargetFields /> : <HandlerField />}
      <JsonField
        path="payload"
        label="Payload"
        description="JSON. {{ … }} is filled in when it runs: {{ run.scheduledAt }}, {{ variables.region }}"
        minRows={3}
      />
    </Stack>
  );
}

function HandlerField() {
  const client = useClient();
  const { value } = useField('handler');
  const { data: handlers = [] } = useQuery({
    queryKey: ['handlers-to-choose'],
    queryFn: () => client.handlers().toArray(MOST_HANDLERS),
  });
  const chosen = handlers.find(({ name }) => name === value);
  const names = handlers.map(({ name }) => ({ value: name, label: name }));
  return (
    <>
      <ChoiceField path="handler" label="Handler" placeholder="What runs" data={names} required />
      {chosen && (
        <Accordion variant="contained">
          <Accordion.Item value="schema">
            <Accordion.Control>
              <Text size="sm">{chosen.description || 'What it wants to be given'}</Text>
            </Accordion.Control>
            <Accordion.Panel>
              <JsonBlock label="JSON Schema of the payload" value={chosen.payload} />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </>
  );
}

type TargetType = 'http' | 'lambda' | 'sqs' | 'sns' | 'eventbridge' | 'stepFunctions';
const TARGETS: Readonly<
  Record<TargetType, { label: string; fields: { name: string; label: string; description?: string }[] }>
> = {
  http: {
    label: 'HTTP: a webhook',
    fields: [{ name: 'url', label: 'URL', description: 'https, to a host that the deployment allows' }],
  },
  lambda: { label: 'Lambda function', fields: [{ name: 'functionArn', label: 'ARN of the function' }] },
  sqs: { label: 'SQS queue', fields: [{ name: 'queueUrl', label: 'URL of the queue' }] },
  sns: { label: 'SNS topic', fields: [{ name: 'topicArn', label: 'ARN of the topic' }] },
  eventbridge: {
    label: 'EventBridge bus',
    fields: [
      { name: 'busName', label: 'Bus', description: 'Name or ARN' },
      { name: 'detailType', label: 'Detail type' },
      { name: 'source', label: 'Source' },
    ],
  },
  stepFunctions: {
    label: 'Step Functions state machine',
    fields: [{ name: 'stateMachineArn', label: 'ARN of the state machine' }],
  },
};
const TYPES = Object.entries(TARGETS).map(([value, { label }]) => ({ value, label }));
const METHODS = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'].map((value) => ({ value, label: value }));
const isType = (type: unknown): type is TargetType => typeof type === 'string' && type in TARGETS;

function TargetFields() {
  const { value: target } = useField('target');
  const type = isObject(target) && isType(target.type) ? target.type : undefined;
  return (
    <>
      <ChoiceField path="target.type" label="Target" data={TYPES} required />
      {type &&
        TARGETS[type].fields.map(({ name, ...rest }) => (
          <TextField key={name} path={`target.${name}`} required {...rest} />
        ))}
      {type === 'http' && (
        <>
          <ChoiceField path="target.method" label="Method" placeholder="POST" data={METHODS} />
          <TextField
            path="target.secretId"
            label="Secret"
            description="With headers or a signing key: its name or ARN"
          />
          <JsonField path="target.headers" label="Headers" description='{ "x-team": "billing" }' />
        </>
      )}
      <TargetError />
    </>
  );
}

function TargetError() {
  const { error } = useField('target.type');
  return error ? null : <WholeTargetError />;
}

/** What the deployment has against the target as a whole, such as that it is not on its list. */
function WholeTargetError() {
  const { error, value } = useField('target');
  const isOfField = isObject(value) && Object.keys(value).some((name) => error?.startsWith(`.${name}`));
  if (!error || isOfField) return null;
  return (
    <Text size="sm" c="var(--mantine-color-error)">
      {error}
    </Text>
  );
}
