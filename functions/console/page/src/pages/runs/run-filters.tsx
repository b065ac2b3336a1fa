import { Group, MultiSelect, Switch } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { FilterInput } from '../../parts/filter-input.tsx';
import { InstantFilter } from '../../parts/local-instant-input.tsx';
import { QueueSelect } from '../../parts/queue-select.tsx';
import { TaskSelect } from '../../parts/task-select.tsx';
import { RUN_STATUSES, type RunSearch, statusesOf } from './run-search.ts';

export function RunFilters({ value }: { value: RunSearch }) {
  const navigate = useNavigate();
  const change = (changed: Partial<RunSearch>) =>
    void navigate({ to: '/runs', search: { ...value, ...changed }, replace: true });
  const statuses = statusesOf(value);
  return (
    <Group gap="xs" align="center">
      <MultiSelect
        aria-label="Status"
        placeholder={statuses.length === 0 ? 'Any status' : ''}
        data={[...RUN_STATUSES]}
        value={statuses}
        onChange={(names) => change({ status: names.join(',') || undefined })}
        clearable
        miw={160}
        maw={340}
      />
      <TaskSelect value={value.taskId} onChange={(taskId) => change({ taskId })} />
      <QueueSelect value={value.queue} onChange={(queue) => change({ queue })} />
      <FilterInput label="Tag" value={value.tag} onChange={(tag) => change({ tag })} w={120} />
      <InstantFilter label="Due from" word="from" value={value.from} onChange={(from) => change({ from })} />
      <InstantFilter label="Due before" word="until" value={value.to} onChange={(to) => change({ to })} />
      <Switch
        label="Live"
        checked={value.live ?? true}
        onChange={({ currentTarget }) => change({ live: currentTarget.checked ? undefined : false })}
      />
    </Group>
  );
}
