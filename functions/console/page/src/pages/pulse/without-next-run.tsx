import { Button, Group, Text } from '@mantine/core';
import { PlaceLink } from '../../parts/place-link.tsx';
import { Section } from '../../parts/section.tsx';
import type { IdleTasks } from './use-idle-tasks.ts';

const ABOUT = {
  disabled: 'a stop rule ended them after failures',
  paused: 'until somebody resumes them',
  completed: 'nothing is left to come',
} as const;

/** Of what nothing comes due until somebody does something. */
export function WithoutNextRun({ idle }: { idle: IdleTasks }) {
  const { tasks, isPart } = idle;
  return (
    <Section title="Tasks without a next run">
      {(['disabled', 'paused', 'completed'] as const).map((status) => (
        <Group key={status} gap="sm" wrap="nowrap" align="flex-start">
          <Text size="sm" w={40} fw={700} ta="right" flex="none" data-numbers>
            {tasks
              ? `${tasks.filter((task) => task.status === status).length.toLocaleString()}${isPart ? '+' : ''}`
              : '–'}
          </Text>
          <Text size="sm">
            <PlaceLink to="/tasks" search={{ status }}>
              {status}
            </PlaceLink>{' '}
            <Text span c="dimmed" inherit>
              {ABOUT[status]}
            </Text>
          </Text>
        </Group>
      ))}
      {isPart && (
        <Group gap="xs">
          <Text size="xs" c="dimmed" flex={1}>
            There are many tasks: those first by name were looked through, and what was disabled last.
          </Text>
          <Button size="compact-xs" variant="default" onClick={idle.lookOn} loading={idle.isLooking}>
            Look through more
          </Button>
        </Group>
      )}
    </Section>
  );
}
