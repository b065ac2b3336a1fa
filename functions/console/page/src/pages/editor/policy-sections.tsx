import { SimpleGrid, Stack, Switch, TagsInput, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Task } from '../../../../../../shared/client/client.ts';
import { MAX_CAPS } from '../../../../../../shared/domain/limits.ts';
import { RetryFields } from '../../parts/retry-fields.tsx';
import { useClient } from '../../session/session-context.tsx';
import { isObject } from './draft.ts';
import { messagesAt, useEditor, useField } from './editor-context.tsx';
import { ChoiceField, NumberField, SwitchField, TextField, TextsField } from './fields.tsx';
import { RetryRulesField } from './retry-rules.tsx';
import { RowsField } from './rows.tsx';

const OVERLAPS = [
  { value: 'forbid', label: 'forbid: skip this one' },
  { value: 'queue', label: 'queue: wait for the other' },
  { value: 'allow', label: 'allow: side by side' },
];
const MISFIRES = [
  { value: 'fireOnce', label: 'fireOnce: one run for all missed' },
  { value: 'skip', label: 'skip: none' },
  { value: 'catchUp', label: 'catchUp: one for each' },
];

function useQueues() {
  const client = useClient();
  const { data = [] } = useQuery({
    queryKey: ['queues-to-choose'],
    queryFn: async () => (await client.queues.list().page()).items,
  });
  return data;
}

export function PlaceSection() {
  const queues = useQueues().map(({ name }) => ({ value: name, label: name }));
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <ChoiceField path="queue" label="Queue" placeholder="default" data={queues} />
      <TextsField path="tags" label="Tags" description="Enter after each" />
      <NumberField
        path="timeoutSeconds"
        label="Timeout, s"
        description="Of one attempt; the queue's when empty"
      />
      <NumberField
        path="heartbeatSeconds"
        label="Heartbeat, s"
        description="The handler shows a sign of life more often"
      />
    </SimpleGrid>
  );
}

export function RetrySection() {
  const { problems } = useEditor();
  const { value, set } = useField('retry');
  const queues = useQueues();
  const { value: queueName } = useField('queue');
  const queue = queues.find(({ name }) => name === (queueName ?? 'default'));
  if (!queue) return null;
  const isOwn = isObject(value);
  const policy: Task['retry'] = { ...queue.retry, ...(isOwn ? value : {}) };
  return (
    <Stack>
      <Switch
        label="As the queue says"
        checked={!isOwn}
        onChange={({ currentTarget }) => set(currentTarget.checked ? undefined : policy)}
      />
      {isOwn ? (
        <>
          <RetryFields
            value={policy}
            onChange={set}
            errorOf={(field) => messagesAt(problems, `retry.${field}`)}
          />
          <RetryRulesField ofQueue={queue.retry.rules?.length ?? 0} />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {queue.name}: {policy.limit} retries, {policy.strategy} from {policy.baseSeconds} s
        </Text>
      )}
    </Stack>
  );
}

export function TimingSection() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <ChoiceField path="overlap" label="While the previous run lives" placeholder="forbid" data={OVERLAPS} />
      <ChoiceField path="misfire" label="What was missed" placeholder="fireOnce" data={MISFIRES} />
      <NumberField path="misfireGraceSeconds" label="Missed after, s" description="300 when empty" />
      <NumberField path="catchUpLimit" label="Caught up at most" description="10 when empty" />
      <NumberField
        path="deadline.seconds"
        label="Deadline, s"
        description="A run that takes longer is late, and told"
      />
      <SwitchField path="system" label="Only admins may change it" />
    </SimpleGrid>
  );
}

/** Keys are shared: whoever names one takes of the same. */
const KEY = { label: 'Key', placeholder: 'tag:billing', required: true };

export function LimitsSection() {
  return (
    <Stack>
      <RowsField
        path="concurrency"
        label="Caps on runs at the same time"
        description="Shared by all tasks that name the key"
        one="Cap"
        blank={{ key: '', limit: 1 }}
        max={MAX_CAPS}
      >
        {(path) => (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextField path={`${path}.key`} {...KEY} />
            <NumberField path={`${path}.limit`} label="Runs" required />
          </SimpleGrid>
        )}
      </RowsField>
      <RowsField
        path="rateLimit"
        label="Limits on starts"
        description="Shared by all tasks that name the key; attempts that are retries count as well"
        one="Limit"
        blank={{ key: '', limit: 10, perSeconds: 60 }}
        max={MAX_CAPS}
      >
        {(path) => (
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextField path={`${path}.key`} {...KEY} />
            <NumberField path={`${path}.limit`} label="Starts" required />
            <NumberField path={`${path}.perSeconds`} label="In any, s" required />
          </SimpleGrid>
        )}
      </RowsField>
    </Stack>
  );
}

export function StopSection() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NumberField path="stop.afterRuns" label="Complete after runs" />
      <NumberField path="stop.afterSuccesses" label="Complete after successes" />
      <NumberField path="stop.afterConsecutiveFailures" label="Disable after deaths in a row" />
      <TextField
        path="stop.when"
        label="Complete when"
        description="JSONata over result, payload and task: result.done = true"
      />
    </SimpleGrid>
  );
}

export function ChainSection() {
  return (
    <Stack>
      <ChainField path="onSuccess" label="When a run succeeded" />
      <ChainField path="onFailure" label="Whenever an attempt failed" />
      <ChainField path="onDead" label="When a run gave up" />
    </Stack>
  );
}

function ChainField({ path, label }: { path: string; label: string }) {
  const { value, set, error } = useField(path);
  const links = Array.isArray(value) ? value.filter(isObject) : [];
  const change = (ids: string[]) =>
    set(
      ids.length === 0
        ? undefined
        : ids.map((taskId) => links.find((link) => link.taskId === taskId) ?? { taskId }),
    );
  return (
    <TagsInput
      label={label}
      description="Triggers these tasks, by id; a payload of its own stands in the JSON"
      value={links.map(({ taskId }) => String(taskId))}
      onChange={change}
      error={error}
    />
  );
}
