import { Badge, Group, List, Skeleton, Text, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Task } from '../../../../../../shared/client/client.ts';
import { Instant } from '../../parts/instant.tsx';
import { durationText, inZone, zoneFor } from '../../parts/instant-text.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { useClient } from '../../session/session-context.tsx';
import { usePreferences } from '../../shell/preferences.tsx';
import { zoneOf } from '../tasks/zone-of.ts';
import { type Firing, markedFirings } from './marked-firings.ts';

const SHOWN = 20;

/** When it comes due next, with what changes its beat. */
export function Firings({ task }: { task: Task }) {
  const client = useClient();
  const { data, error } = useQuery({
    queryKey: ['firings', task.id, task.version, task.nextRunAt],
    queryFn: () => client.tasks.occurrences(task.id, { count: SHOWN }),
  });
  const zone = zoneOf(task) ?? 'UTC';
  return (
    <Section title="Next firings">
      <Text size="sm" c="dimmed">
        {task.scheduleDescription}. Beside each, the time of its zone.
      </Text>
      {error && <ProblemAlert error={error} />}
      {!data && !error && <Skeleton h={240} />}
      {data?.items.length === 0 && (
        <Text size="sm">
          {task.status === 'active' ? 'Nothing comes due any more.' : `None while it is ${task.status}.`}
        </Text>
      )}
      {data && (
        <List type="ordered" size="sm" spacing={4} data-numbers>
          {markedFirings(data, zone, new Date().toISOString()).map((firing) => (
            <List.Item key={firing.at}>
              <Group gap="xs" component="span">
                <Instant at={firing.at} zone={zone} exact />
                <Text span size="xs" c="dimmed">
                  {wallIn(firing.at, zone)}
                </Text>
                <Marks firing={firing} zone={zone} jitterMs={jitterOf(task)} />
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </Section>
  );
}

/** `Sun 06:00`: what the clock on the wall of the schedule shows. */
const wallIn = (at: string, zone: string): string =>
  new Intl.DateTimeFormat(undefined, {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(new Date(at));

/** At most; a calendar moves by a day or more. */
const jitterOf = ({ schedule }: Task): number =>
  'jitterSeconds' in schedule ? (schedule.jitterSeconds ?? 0) * 1_000 : 0;

function Marks({ firing, zone, jitterMs }: { firing: Firing; zone: string; jitterMs: number }) {
  const { timeDisplay } = usePreferences();
  const { at, nominal, clocksMoved } = firing;
  const movedMs = nominal === undefined ? 0 : Date.parse(at) - Date.parse(nominal);
  return (
    <>
      {clocksMoved !== undefined && (
        <Mark
          color="grape"
          label={`clocks ${clocksMoved > 0 ? 'forward' : 'back'}`}
          about={`Since the firing before, the clocks of ${zone} went ${clocksMoved > 0 ? 'forward' : 'back'} by ${durationText(Math.abs(clocksMoved) * 60_000)}: the local time stays, the distance does not.`}
        />
      )}
      {nominal !== undefined && (
        <Mark
          color="blue"
          label={movedMs <= jitterMs ? `jitter +${durationText(movedMs)}` : 'moved by a calendar'}
          about={`The schedule itself says ${inZone(nominal, zoneFor(timeDisplay, zone))}.`}
        />
      )}
    </>
  );
}

function Mark({ color, label, about }: { color: string; label: string; about: string }) {
  return (
    <Tooltip label={about} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <Badge color={color} variant="light" size="sm" tt="none" tabIndex={0} aria-label={`${label}: ${about}`}>
        {label}
      </Badge>
    </Tooltip>
  );
}
