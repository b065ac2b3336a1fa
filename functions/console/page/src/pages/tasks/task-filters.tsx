import { Group, Select } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FilterInput } from '../../parts/filter-input.tsx';
import { QueueSelect } from '../../parts/queue-select.tsx';
import { useClient } from '../../session/session-context.tsx';
import { SCHEDULE_KINDS, TASK_STATUSES, type TaskSearch } from './task-search.ts';

export function TaskFilters({ value }: { value: TaskSearch }) {
  const client = useClient();
  const navigate = useNavigate();
  const change = (changed: Partial<TaskSearch>) =>
    void navigate({ to: '/tasks', search: { ...value, ...changed }, replace: true });
  const { data: handlers = [] } = useQuery({
    queryKey: ['handler-names'],
    queryFn: async () => (await client.handlers().page()).items.map(({ name }) => name),
  });
  return (
    <Group gap="xs">
      <FilterInput
        label="Search tasks"
        placeholder="Name, id, description"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={value.search}
        onChange={(search) => change({ search })}
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
      <QueueSelect value={value.queue} onChange={(queue) => change({ queue })} />
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
      <FilterInput label="Tag" value={value.tag} onChange={(tag) => change({ tag })} w={130} />
    </Group>
  );
}
