import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { firstFound } from '../data/read-on.ts';
import { useClient } from '../session/session-context.tsx';

const FOUND = 20;
const TYPING_MS = 200;

/** One of thousands of tasks, found by what is typed. */
export function TaskSelect(props: { value: string | undefined; onChange(id: string | undefined): void }) {
  const client = useClient();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS);
  const { data: tasks = [] } = useQuery({
    queryKey: ['task-select', search],
    queryFn: async () => {
      const found = await firstFound(client.tasks.list({ ...(search && { search }), limit: FOUND }));
      return found.map(({ id, name }) => ({ value: id, label: name === id ? id : `${name} (${id})` }));
    },
    placeholderData: keepPreviousData,
  });
  const { value } = props;
  const isListed = value === undefined || tasks.some((task) => task.value === value);
  return (
    <Select
      aria-label="Task"
      placeholder="Any task"
      data={isListed ? tasks : [{ value, label: value }, ...tasks]}
      value={value ?? null}
      onChange={(id) => props.onChange(id ?? undefined)}
      searchable
      onSearchChange={setTyped}
      // What came was searched for already, in more than the label shows.
      filter={({ options }) => options}
      nothingFoundMessage="No such task"
      clearable
      w={220}
    />
  );
}
