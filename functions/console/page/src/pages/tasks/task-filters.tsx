import { Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useClient } from '../../session/session-context.tsx';
import { SCHEDULE_KINDS, TASK_STATUSES, type TaskSearch } from './task-search.ts';

const TYPING_MS = 250;

export function TaskFilters({ value }: { value: TaskSearch }) {
  const client = useClient();
  const navigate = useNavigate();
  const change = (changed: Partial<TaskSearch>) =>
    navigate({ to: '/tasks', search: { ...value, ...changed }, replace: true });
  const [typed, setTyped] = useState(value.search ?? '');
  const search = useDebouncedCallback((text: string) => change({ search: text || undefined }), TYPING_MS);
  const { data: queues = [] } = useQuery({
    queryKey: ['queue-names'],
    queryFn: async () => (await client.queues.list().page()).items.map(({ name }) => name),
  });
  const { data: handlers = [] } = useQuery({
    queryKey: ['handler-names'],
    queryFn: async () => (await client.handlers().page()).items.map(({ name }) => name),
  });
  return (
    <Group gap="xs">
      <TextInput
        aria-label="Search tasks"
        placeholder="Name, id, description"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={typed}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          search(currentTarget.value);
        }}
        w={210}
      />
      <Select
        aria-label="Status"
        placeholder="Any status"
        data={[...TASK_STATUSES]}
        value={value.status ?? null}
        onChange={(status) => change({ status: status ?? undefined })}
        clearable
        w={130}
      />
      <Select
        aria-label="Queue"
        placeholder="Any queue"
        data={queues}
        value={value.queue ?? null}
        onChange={(queue) => change({ queue: queue ?? undefined })}
        clearable
        w={130}
      />
      <Select
        aria-label="Handler"
        placeholder="Any handler"
        data={handlers}
        value={value.handler ?? null}
        onChange={(handler) => change({ handler: handler ?? undefined })}
        clearable
        searchable
        w={160}
      />
      <Select
        aria-label="Kind of schedule"
        placeholder="Any schedule"
        data={[...SCHEDULE_KINDS]}
        value={value.kind ?? null}
        onChange={(kind) => change({ kind: kind ?? undefined })}
        clearable
        w={145}
      />
      <TextInput
        aria-label="Tag"
        placeholder="Tag"
        defaultValue={value.tag ?? ''}
        onBlur={({ currentTarget }) => change({ tag: currentTarget.value || undefined })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void change({ tag: event.currentTarget.value || undefined });
        }}
        w={130}
      />
    </Group>
  );
}
