import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useClient } from '../session/session-context.tsx';
import { useVisiblePlaces } from './visible-places.ts';

const FOUND = 8;
const TYPING_MS = 200;

/** Goes anywhere by name: places, and tasks as they are typed. */
export function Palette() {
  const client = useClient();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [search] = useDebouncedValue(query.trim(), TYPING_MS);
  const { data: tasks = [] } = useQuery({
    queryKey: ['palette', search],
    queryFn: async () => (await client.tasks.list({ search, limit: FOUND }).page()).items,
    enabled: search !== '',
    placeholderData: keepPreviousData,
  });
  const actions: SpotlightActionData[] = [
    ...useVisiblePlaces().map(({ to, label, key }) => ({
      id: to,
      label,
      description: `g ${key}`,
      onClick: () => void navigate({ to }),
    })),
    ...(search === '' ? [] : tasks).map(({ id, name, status }) => ({
      id: `task-${id}`,
      label: name,
      description: `${id} · ${status}`,
      keywords: [id, query],
      onClick: () => void navigate({ to: '/tasks/$taskId', params: { taskId: id } }),
    })),
  ];
  return (
    <Spotlight
      query={query}
      onQueryChange={setQuery}
      actions={actions}
      shortcut={null}
      nothingFound="Nothing of that name"
      searchProps={{ placeholder: 'A place, or a task by name, id or tag', 'aria-label': 'Find' }}
    />
  );
}
