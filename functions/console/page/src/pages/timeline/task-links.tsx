import { Text } from '@mantine/core';
import { Fragment } from 'react';
import { PlaceLink } from '../../parts/place-link.tsx';
import type { Minute } from './bins.ts';

/** The tasks of a minute that are known by name, and how many others there are. */
export function TaskLinks({
  minute,
  names,
  limit,
}: {
  minute: Minute;
  names: ReadonlyMap<string, string>;
  limit: number;
}) {
  const shown = minute.taskIds.slice(0, limit);
  const others = minute.tasks - shown.length;
  return (
    <Text span inherit style={{ overflowWrap: 'anywhere' }}>
      {shown.map((id, at) => (
        <Fragment key={id}>
          {at > 0 && ', '}
          <PlaceLink to={`/tasks/${id}`}>{names.get(id) ?? id}</PlaceLink>
        </Fragment>
      ))}
      {others > 0 && ` and ${others.toLocaleString()} ${others === 1 ? 'other' : 'others'}`}
    </Text>
  );
}
