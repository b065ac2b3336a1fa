import { Group, MultiSelect, NumberInput, SegmentedControl, Select, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { LOCAL_ZONE } from '../../parts/instant-text.ts';
import { ZoneSelect } from '../../parts/zone-select.tsx';
import { useClient } from '../../session/session-context.tsx';
import { isObject } from './draft.ts';
import { useField } from './editor-context.tsx';
import { ChoiceField, InstantField, LinesField, NumberField, TextField } from './fields.tsx';

const KINDS = [
  { value: 'cron', label: 'Cron' },
  { value: 'interval', label: 'Interval' },
  { value: 'rrule', label: 'Rule' },
  { value: 'once', label: 'Once' },
  { value: 'now', label: 'Now' },
];
const DEFAULTS: Readonly<Record<string, object>> = {
  cron: { kind: 'cron', expressions: ['0 9 * * 1-5'], timezone: LOCAL_ZONE },
  interval: { kind: 'interval', seconds: 300 },
  rrule: { kind: 'rrule', rule: 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0', timezone: LOCAL_ZONE },
  once: { kind: 'once', delaySeconds: 300 },
  now: { kind: 'now' },
};
const PRESETS = [
  { value: '*/5 * * * *', label: 'Every 5 minutes' },
  { value: '0 * * * *', label: 'Every hour' },
  { value: '0 9 * * *', label: 'Every day at 9:00' },
  { value: '0 9 * * 1-5', label: 'On weekdays at 9:00' },
  { value: '0 9 * * 1', label: 'Every Monday at 9:00' },
  { value: '0 9 1 * *', label: 'On the first of the month at 9:00' },
  { value: '0 17 L * *', label: 'On the last of the month at 17:00' },
];
const UNITS = [
  { value: '1', label: 'seconds' },
  { value: '60', label: 'minutes' },
  { value: '3600', label: 'hours' },
  { value: '86400', label: 'days' },
];

export function ScheduleSection() {
  const { value: schedule, set } = useField('schedule');
  const kind = isObject(schedule) && typeof schedule.kind === 'string' ? schedule.kind : '';
  return (
    <Stack>
      <SegmentedControl
        aria-label="Kind of schedule"
        data={KINDS}
        value={kind}
        onChange={(chosen) => set(DEFAULTS[chosen])}
        fullWidth
      />
      {kind === 'cron' && <CronFields />}
      {kind === 'interval' && <IntervalField />}
      {kind === 'rrule' && (
        <TextField
          path="schedule.rule"
          label="Rule"
          description="RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=8;BYMINUTE=0"
          required
        />
      )}
      {kind === 'once' && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <InstantField path="schedule.at" label="At" description={`In ${LOCAL_ZONE}; or, in its place,`} />
          <NumberField
            path="schedule.delaySeconds"
            label="Seconds from now"
            description="counted from when it is saved"
            min={0}
          />
        </SimpleGrid>
      )}
      {(kind === 'cron' || kind === 'rrule') && <ZoneField />}
      {kind !== 'once' && kind !== 'now' && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <InstantField path="schedule.startAt" label="Not before" description={`In ${LOCAL_ZONE}`} />
          <InstantField path="schedule.endAt" label="Ends at" description={`In ${LOCAL_ZONE}, exclusive`} />
          {kind !== 'interval' && (
            <>
              <NumberField
                path="schedule.jitterSeconds"
                label="Jitter, s"
                description="Later by one fixed amount below this, so that tasks spread"
                min={0}
              />
              <CalendarsField />
              <ChoiceField
                path="schedule.dst.gap"
                label="Local time that does not exist"
                description="When the clock jumps ahead"
                data={GAPS}
              />
              <ChoiceField
                path="schedule.dst.repeat"
                label="Local time that comes twice"
                description="When the clock goes back"
                data={REPEATS}
              />
            </>
          )}
          {kind === 'interval' && <CalendarsField />}
        </SimpleGrid>
      )}
    </Stack>
  );
}

const GAPS = [
  { value: 'shift', label: 'shift: at the jump' },
  { value: 'skip', label: 'skip: not at all' },
];
const REPEATS = [
  { value: 'first', label: 'first: once' },
  { value: 'both', label: 'both: two runs' },
];

function CronFields() {
  const { set } = useField('schedule.expressions');
  return (
    <Group align="flex-start" grow preventGrowOverflow={false}>
      <LinesField
        path="schedule.expressions"
        label="Cron expressions"
        description="One a line; minute hour day month weekday, seconds first where there are six"
        required
      />
      <Select
        label="Or begin with"
        description="Replaces the expressions"
        placeholder="Choose"
        data={PRESETS}
        value={null}
        onChange={(expression) => expression && set([expression])}
      />
    </Group>
  );
}

function IntervalField() {
  const { value, set, error } = useField('schedule.seconds');
  const seconds = typeof value === 'number' ? value : 0;
  const unit = Number(
    UNITS.findLast(({ value: size }) => seconds > 0 && seconds % Number(size) === 0)?.value ?? 1,
  );
  return (
    <Group align="flex-start" gap="xs">
      <NumberInput
        label="Every"
        value={typeof value === 'number' ? value / unit : ''}
        onChange={(typed) => set(typed === '' ? undefined : Number(typed) * unit)}
        min={1}
        error={error}
        required
      />
      <Select
        label="Unit"
        data={UNITS}
        value={String(unit)}
        onChange={(chosen) => chosen && set((seconds / unit) * Number(chosen))}
        allowDeselect={false}
      />
    </Group>
  );
}

function ZoneField() {
  const { value, set, error } = useField('schedule.timezone');
  return (
    <ZoneSelect
      label="Time zone"
      value={typeof value === 'string' ? value : 'UTC'}
      onChange={(zone) => set(zone ?? undefined)}
      allowDeselect={false}
      error={error}
    />
  );
}

const MODES = [
  { value: 'skip', label: 'skip: left out' },
  { value: 'shift', label: 'shift: on the next open day' },
];

function CalendarsField() {
  const client = useClient();
  const { value, set, error } = useField('schedule.calendars');
  const { data: known = [] } = useQuery({
    queryKey: ['calendar-names'],
    queryFn: async () => (await client.calendars.list({ limit: 200 }).page()).items,
  });
  const uses = Array.isArray(value) ? value.filter(isObject) : [];
  const mode = String(uses[0]?.mode ?? 'skip');
  const change = (ids: string[], chosen: string) =>
    set(ids.length === 0 ? undefined : ids.map((id) => ({ id, mode: chosen })));
  const ids = uses.map(({ id }) => String(id));
  const data = known.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <MultiSelect
        label="Not on the days of"
        description="Calendars"
        data={[...data, ...ids.filter((id) => !known.some((one) => one.id === id))]}
        value={ids}
        onChange={(chosen) => change(chosen, mode)}
        error={error}
      />
      {ids.length > 0 && (
        <Select
          label="What falls on such a day"
          description="Is left out, or moved"
          data={MODES}
          value={mode}
          onChange={(chosen) => chosen && change(ids, chosen)}
          allowDeselect={false}
        />
      )}
    </>
  );
}
