import { Alert, Button, Checkbox, Group, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Calendar, CalendarInput } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { confirmFirst } from '../../parts/confirm.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import { ZoneSelect } from '../../parts/zone-select.tsx';
import { useClient } from '../../session/session-context.tsx';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const COUNTED_TASKS = 200;

/** How many tasks a change moves; a page of them is counted. */
function useAffected(calendar: Calendar | undefined): string | undefined {
  const client = useClient();
  const { data } = useQuery({
    queryKey: ['calendar-tasks', calendar?.id],
    queryFn: () => client.calendars.tasks(calendar?.id ?? '', { limit: COUNTED_TASKS }).page(),
    enabled: calendar !== undefined,
  });
  if (!data) return undefined;
  const count = data.items.length;
  if (data.nextCursor !== null) return `${count} tasks or more use it`;
  return count === 0 ? '' : `${count} ${count === 1 ? 'task uses' : 'tasks use'} it`;
}

export function CalendarForm({ calendar, onClose }: { calendar: Calendar | undefined; onClose(): void }) {
  const client = useClient();
  const act = useAct();
  const affected = useAffected(calendar);
  const [id, setId] = useState(calendar?.id ?? '');
  const [name, setName] = useState(calendar?.name ?? '');
  const [timezone, setTimezone] = useState(calendar?.timezone ?? null);
  const [dates, setDates] = useState(calendar?.dates ?? []);
  const [ranges, setRanges] = useState(calendar?.ranges.map(({ from, to }) => `${from}/${to}`) ?? []);
  const [weekdays, setWeekdays] = useState<string[]>(calendar?.weekdays ?? []);
  const save = () =>
    act.mutate({
      run: async () => {
        const { replanned } = await client.calendars.put(id.trim(), {
          name: name.trim(),
          ...(timezone !== null && { timezone }),
          dates,
          ranges: ranges.map(rangeOf),
          weekdays: WEEKDAYS.filter((day) => weekdays.includes(day)),
        });
        onClose();
        const left = replanned.complete ? '' : '; save again to go on with the rest';
        return `${name} holds; ${replanned.tasks} tasks got another next run${left}`;
      },
      ...(calendar && { undo: () => client.calendars.put(calendar.id, inputOf(calendar)) }),
    });
  return (
    <FormModal
      title={calendar ? `Calendar ${calendar.id}` : 'Make a calendar'}
      opened
      onClose={onClose}
      onSubmit={save}
      submit="Save"
      busy={act.isPending}
      aside={calendar && <DeleteCalendar calendar={calendar} affected={affected} onClose={onClose} />}
    >
      {affected && <Alert color="blue" title={`${affected}: a change gives them another next run at once`} />}
      {!calendar && (
        <TextInput
          label="Id"
          value={id}
          onChange={({ currentTarget }) => setId(currentTarget.value)}
          required
          data-autofocus
        />
      )}
      <TextInput
        label="Name"
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        required
      />
      <Checkbox.Group label="Every" value={weekdays} onChange={setWeekdays}>
        <Group gap="xs" mt={4}>
          {WEEKDAYS.map((day) => (
            <Checkbox key={day} value={day} label={day} />
          ))}
        </Group>
      </Checkbox.Group>
      <TagsInput
        label="Days"
        description="2026-05-14, or --12-25 for every year; Enter after each"
        value={dates}
        onChange={setDates}
        splitChars={[',', ' ']}
      />
      <TagsInput
        label="Stretches"
        description="2026-12-24/2027-01-02, both ends included"
        value={ranges}
        onChange={setRanges}
        splitChars={[',', ' ']}
      />
      <ZoneSelect
        label="Zone"
        description="Whose days these are; that of each task when empty"
        value={timezone}
        onChange={setTimezone}
        clearable
      />
    </FormModal>
  );
}

function DeleteCalendar(props: { calendar: Calendar; affected: string | undefined; onClose(): void }) {
  const { calendar, affected, onClose } = props;
  const client = useClient();
  const act = useAct();
  const remove = () =>
    act.mutate({
      run: async () => {
        await client.calendars.delete(calendar.id);
        return `${calendar.name} is deleted`;
      },
      undo: () => client.calendars.put(calendar.id, inputOf(calendar)),
    });
  const ask = () => {
    onClose();
    confirmFirst({
      title: `Delete ${calendar.name}?`,
      children: 'No task uses it.',
      confirm: 'Delete',
      onConfirm: remove,
    });
  };
  return (
    <Button variant="default" onClick={ask} disabled={affected !== ''}>
      {affected ? 'In use' : 'Delete'}
    </Button>
  );
}

const rangeOf = (text: string) => {
  const [from = '', to = from] = text.split('/');
  return { from, to };
};

const inputOf = ({ name, timezone, dates, ranges, weekdays }: Calendar): CalendarInput => ({
  name,
  ...(timezone !== undefined && { timezone }),
  dates,
  ranges,
  weekdays,
});
