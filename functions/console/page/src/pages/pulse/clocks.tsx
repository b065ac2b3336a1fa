import { Badge, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Health, Task } from '../../../../../../shared/client/client.ts';
import { useNow } from '../../data/now.ts';
import { Instant } from '../../parts/instant.tsx';
import { PlaceLink } from '../../parts/place-link.tsx';
import { Section } from '../../parts/section.tsx';
import { clockNeeds, provedAt } from './needs.ts';

/** What drives everything else: the scheduler's clock, and the canary that proves the whole way. */
export function Clocks(props: {
  health: Health | undefined;
  /** null: this tenant or deployment has none; undefined: not known. */
  canary: readonly Task[] | null | undefined;
}) {
  const { health, canary } = props;
  const nowMs = useNow();
  const needs = clockNeeds({ health, canary: canary ?? undefined, nowMs });
  const isBroken = (key: string) => needs.some((need) => need.key === key);
  const proved = canary ? provedAt(canary) : undefined;
  const isPaused = canary && canary.length > 0 && canary.every(({ status }) => status === 'paused');
  return (
    <Section title="Clocks">
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
              last went all the way, from the tick by dispatch and queue to an executor,{' '}
              <Instant at={new Date(proved).toISOString()} />; once a minute.{' '}
              <PlaceLink to="/tasks" search={{ handler: 'escapement.canary' }}>
                Its tasks
              </PlaceLink>
            </>
          )}
        </Line>
      )}
    </Section>
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
