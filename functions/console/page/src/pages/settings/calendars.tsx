import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Calendar } from '../../../../../../shared/client/client.ts';
import { usePages } from '../../data/use-pages.ts';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Instant } from '../../parts/instant.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { CalendarForm } from './calendar-form.tsx';

const SHOWN_DAYS = 6;
const FIRST_CALENDAR =
  'escapement calendars set holidays --name Holidays --date 2026-05-14 --date=--12-25 --weekday sat --weekday sun';

/** `sat, sun, --12-25, 2026-05-14 and 3 more` */
function daysText({ weekdays, dates, ranges }: Calendar): string {
  const days = [...weekdays, ...dates, ...ranges.map(({ from, to }) => `${from} to ${to}`)];
  const rest = days.length - SHOWN_DAYS;
  return days.slice(0, SHOWN_DAYS).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

const columns: Columns<Calendar> = [
  {
    header: 'Calendar',
    id: 'id',
    cell: ({ row: { original: calendar } }) => (
      <>
        <Text size="sm" fw={600}>
          {calendar.name}
        </Text>
        <Text size="xs" c="dimmed" ff="monospace">
          {calendar.id}
        </Text>
      </>
    ),
  },
  { header: 'Nothing runs on', id: 'days', cell: ({ row }) => daysText(row.original) },
  { header: 'Zone', id: 'zone', cell: ({ row }) => row.original.timezone ?? "the task's" },
  { header: 'Changed', id: 'changed', cell: ({ row }) => <Instant at={row.original.updatedAt} /> },
];

export function Calendars() {
  const client = useClient();
  const mayChange = useMay('operator');
  const pages = usePages(['calendars'], () => client.calendars.list());
  const [edited, setEdited] = useState<Calendar | 'new'>();
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm">Days on which the tasks that name a calendar do not run.</Text>
        {mayChange && <Button onClick={() => setEdited('new')}>Make a calendar</Button>}
      </Group>
      <DataTable
        label="Calendars"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        {...(mayChange && { onOpen: (calendar: Calendar) => setEdited(calendar) })}
        empty={<Empty command={FIRST_CALENDAR}>There is no calendar yet.</Empty>}
      />
      {edited !== undefined && (
        <CalendarForm calendar={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
    </Stack>
  );
}
