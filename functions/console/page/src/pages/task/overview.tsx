import { Grid, Stack } from '@mantine/core';
import type { Task } from '../../../../../../shared/client/client.ts';
import { Facts } from './facts.tsx';
import { Firings } from './firings.tsx';
import { LastRuns } from './last-runs.tsx';
import { OutcomeCalendar } from './outcome-calendar.tsx';
import { Why } from './why.tsx';

/** Everything about a task on one page: what holds it, what it does next, what it did. */
export function Overview({ task }: { task: Task }) {
  return (
    <Stack>
      <Why task={task} />
      <Grid>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack>
            <OutcomeCalendar task={task} />
            <LastRuns task={task} />
            <Facts task={task} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Firings task={task} />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
