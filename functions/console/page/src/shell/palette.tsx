import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { firstFound } from '../data/read-on.ts';
import { useClient } from '../session/session-context.tsx';
import { useVisiblePlaces } from './visible-places.ts';

const FOUND = 8;
const TYPING_MS = 200;
const [store, { open, close }] = createSpotlight();
export const openPalette = open;

/** Goes anywhere by name: places, and tasks as they are typed. Enter goes to the first of them, once it is found. */
export function Palette() {
  const [query, setQuery] = useState('');
  const { hits, isComplete } = useHits(query);
  const [isAwaited, setAwaited] = useState(false);
  const first = hits[0];
  useEffect(() => {
    // What is found later was not there to be chosen as it was typed; moving on starts from it.
    if (first && query !== '' && store.getState().selected < 0)
      store.updateState((state) => ({ ...state, selected: 0 }));
    if (!isAwaited || !first) return;
    setAwaited(false);
    close();
    first.go();
  }, [first, isAwaited, query]);
  const type = (text: string) => {
    setAwaited(false);
    setQuery(text);
  };
  const awaitFirst = ({ key, nativeEvent }: KeyboardEvent) => {
    if (key === 'Enter' && !nativeEvent.isComposing && !first && !isComplete) setAwaited(true);
  };
  return (
    <Spotlight.Root store={store} query={query} onQueryChange={type} shortcut={null}>
      <Spotlight.Search
        placeholder="A place, or a task by name, id or tag"
        aria-label="Find"
        onKeyDown={awaitFirst}
      />
      {hits.length > 0 && (
        <Spotlight.ActionsList>
          {hits.map(({ id, label, description, go }, index) => (
            <Spotlight.Action
              key={id}
              label={label}
              description={description}
              onClick={go}
              data-selected={(query !== '' && index === 0) || undefined}
            />
          ))}
        </Spotlight.ActionsList>
      )}
      {hits.length === 0 && (
        <Spotlight.Empty role="status">{isComplete ? 'Nothing of that name' : 'Looking…'}</Spotlight.Empty>
      )}
    </Spotlight.Root>
  );
}

interface Hit {
  id: string;
  label: string;
  description: string;
  go(): void;
}

/** Places at once; tasks when the API has answered, and of those found before the ones that still match. */
function useHits(query: string): { hits: Hit[]; isComplete: boolean } {
  const client = useClient();
  const navigate = useNavigate();
  const wanted = query.trim().toLowerCase();
  const [search] = useDebouncedValue(wanted, TYPING_MS);
  const { data, error } = useQuery({
    queryKey: ['palette', search],
    queryFn: async ({ signal }) => ({
      search,
      tasks: await firstFound(client.tasks.list({ search, limit: FOUND }, { signal })),
    }),
    enabled: search !== '',
    placeholderData: (before) => before,
  });
  const isMatch = (...texts: string[]) => texts.some((text) => text.toLowerCase().includes(wanted));
  const isAnswer = data?.search === wanted;
  const tasks =
    wanted === '' ? [] : (data?.tasks.filter(({ id, name }) => isAnswer || isMatch(name, id)) ?? []);
  const places = useVisiblePlaces().filter(({ label }) => isMatch(label));
  return {
    isComplete: wanted === '' || isAnswer || (error !== null && search === wanted),
    hits: [
      ...places.map(({ to, label, key }) => ({
        id: to,
        label,
        description: `g ${key}`,
        go: () => void navigate({ to }),
      })),
      ...tasks.map(({ id, name, status }) => ({
        id: `task-${id}`,
        label: name,
        description: `${id} · ${status}`,
        go: () => void navigate({ to: '/tasks/$taskId', params: { taskId: id } }),
      })),
    ],
  };
}
