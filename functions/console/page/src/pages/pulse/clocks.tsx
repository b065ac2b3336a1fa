import { Badge, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Health, Task } from '../../../../../../shared/client/client.ts';
import { Instant } from '../../parts/instant.tsx';
import { PlaceLink } from '../../parts/place-link.tsx';
import type { Need } from './needs.ts';
import { provedAt } from './needs.ts';

/** What drives everything else: the scheduler's clock, and the canary that proves the whole way. */
export function Clocks(props: {
  health: Health | undefined;
  /** null: this tenant or deployment has none; undefined: not known. */
  canary: readonly Task[] | null | undefined;
  needs: readonly Need[];
}) {
  const { health, canary, needs } = props;
  const isBroken = (key: string) => needs.some((need) => need.key === key);
  const proved = canary ? provedAt(canary) : undefined;
  const isPaused = canary && canary.length > 0 && canary.every(({ status }) => status === 'paused');
  return (
    <Paper withBorder p="md" component="section" aria-label="Clocks">
      <Title order={2} size="h5" mb="xs">
        Clocks
      </Title>
      <Stack gap="xs">
        <Line name="Tick" state={!health ? 'unknown' : isBroken('tick') ? 'silent' : 'ticking'}>
          {health?.tick.lastAt ? (
            <>
              last <Instant at={health.tick.lastAt} />, once a minute
            </>
          ) : (
            'has not ticked yet'
          )}
        </Line>
        {canary !== undefined && (
          <Line
            name="Canary"
            state={!canary ? 'off' : isPaused ? 'paused' : isBroken('canary') ? 'silent' : 'ticking'}
          >
            {!canary ? (
              'none in this deployment'
            ) : proved === undefined ? (
              'has not run yet'
            ) : (
              <>
                last ran <Instant at={new Date(proved).toISOString()} />, each minute{' '}
                <PlaceLink to="/tasks" search={{ handler: 'escapement.canary' }}>
                  Its tasks
                </PlaceLink>
              </>
            )}
          </Line>
        )}
      </Stack>
    </Paper>
  );
}

const STATE_COLOR = {
  ticking: 'green',
  silent: 'red',
  paused: 'yellow',
  off: 'gray',
  unknown: 'gray',
} as const;

function Line(props: { name: string; state: keyof typeof STATE_COLOR; children: ReactNode }) {
  return (
    <Group gap="sm">
      <Text size="sm" w={64}>
        {props.name}
      </Text>
      <Badge color={STATE_COLOR[props.state]} variant="light" tt="none" miw={72}>
        {props.state}
      </Badge>
      <Text size="sm" c="dimmed">
        {props.children}
      </Text>
    </Group>
  );
}

interface Found {
  tasks: readonly Task[];
  more: boolean;
  /** Not all tasks were looked through. */
  isPart: boolean;
}

/** Of what nothing comes due until somebody does something. */
export function WithoutNextRun(props: {
  idle: Record<'disabled' | 'paused' | 'completed', Found> | undefined;
}) {
  const about = {
    disabled: 'a stop rule ended them after failures',
    paused: 'until somebody resumes them',
    completed: 'nothing is left to come',
  } as const;
  return (
    <Paper withBorder p="md" component="section" aria-label="Tasks without a next run">
      <Title order={2} size="h5" mb="xs">
        Tasks without a next run
      </Title>
      <Stack gap="xs">
        {(['disabled', 'paused', 'completed'] as const).map((status) => {
          const found = props.idle?.[status];
          return (
            <Group key={status} gap="sm" wrap="nowrap" align="flex-start">
              <Text size="sm" w={40} fw={700} ta="right" flex="none" data-numbers>
                {found ? `${found.tasks.length}${found.more ? '+' : ''}` : '–'}
              </Text>
              <Text size="sm">
                <PlaceLink to="/tasks" search={{ status }}>
                  {status}
                </PlaceLink>{' '}
                <Text span c="dimmed" inherit>
                  {about[status]}
                </Text>
              </Text>
            </Group>
          );
        })}
        {props.idle && Object.values(props.idle).some(({ isPart }) => isPart) && (
          <Text size="xs" c="dimmed">
            Only the first tasks by name were looked through; the lists go on.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

export const Beside = ({ children }: { children: ReactNode }) => (
  <SimpleGrid cols={{ base: 1, md: 2 }}>{children}</SimpleGrid>
);
