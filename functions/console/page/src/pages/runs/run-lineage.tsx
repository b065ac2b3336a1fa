import { Code, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Client, Execution } from '../../../../../../shared/client/client.ts';
import { AnchorLink } from '../../parts/links.tsx';
import { RunLink } from '../../parts/run-link.tsx';
import { TaskLink } from '../../parts/task-link.tsx';
import { useClient } from '../../session/session-context.tsx';

/** Where the run comes from, and what came of it. */
export function RunLineage({ run }: { run: Execution }) {
  const client = useClient();
  const { data: downstream = [] } = useQuery({
    queryKey: ['downstream', run.id, run.finishedAt],
    queryFn: () => findDownstream(client, run),
    enabled: run.finishedAt !== null,
  });
  return (
    <Table layout="fixed" variant="vertical" withTableBorder aria-label="Lineage">
      <Table.Tbody>
        <Fact name="Task">
          <TaskLink id={run.taskId} name={run.taskName} />
        </Fact>
        <Fact name="Trigger">{run.trigger}</Fact>
        {run.upstream && (
          <Fact name="Triggered by">
            <RunLink id={run.upstream.executionId} /> ({run.upstream.outcome})
          </Fact>
        )}
        {downstream.length > 0 && (
          <Fact name="Triggered">
            {downstream.map(({ id }) => (
              <div key={id}>
                <RunLink id={id} />
              </div>
            ))}
          </Fact>
        )}
        {run.causedBy && (
          <Fact name="Asked for by">
            <Code>{run.causedBy}</Code>
          </Fact>
        )}
        {run.backfill && (
          <Fact name="Backfill">
            <AnchorLink
              to="/tasks/$taskId"
              params={{ taskId: run.taskId }}
              search={{ backfill: run.backfill }}
              inherit
              ff="monospace"
            >
              {run.backfill}
            </AnchorLink>
          </Fact>
        )}
        {run.retries > 0 && (
          <Fact name="Run again">
            {run.retries === 1 ? 'once, by hand' : `${run.retries} times, by hand`}
          </Fact>
        )}
        {run.fingerprint && (
          <Fact name="Died like">
            <AnchorLink
              to="/dead-letters/$queue/$fingerprint"
              params={{ queue: run.queue, fingerprint: run.fingerprint }}
              search={run.resolution ? { resolution: run.resolution.kind } : {}}
              inherit
            >
              others of queue {run.queue}
            </AnchorLink>
          </Fact>
        )}
        {run.canary && (
          <Fact name="Canary">
            <AnchorLink to="/dead-letters" search={{ queue: run.queue, canary: run.canary }} inherit>
              of a redrive of queue {run.queue}
            </AnchorLink>
          </Fact>
        )}
        {run.collidedWith && (
          <Fact name="Collided with">
            <RunLink id={run.collidedWith} />
          </Fact>
        )}
        {run.missed > 0 && <Fact name="Accounts for">{run.missed} occurrences</Fact>}
        {run.resolution && (
          <Fact name="Put away">
            {run.resolution.kind} by {run.resolution.by}
            {run.resolution.note ? `: ${run.resolution.note}` : ''}
          </Fact>
        )}
        <Fact name="Run">
          <Code>{run.id}</Code>
        </Fact>
        <Fact name="Idempotency key">
          <Code>{run.idempotencyKey}</Code>
        </Fact>
      </Table.Tbody>
    </Table>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={130}>{name}</Table.Th>
      <Table.Td>
        <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
          {children}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

const AFTER_MS = 60_000;
const LOOKED_AT = 100;

/** What a run triggers is due when it ended; which tasks that may be its own task says. */
async function findDownstream(client: Client, run: Execution): Promise<Execution[]> {
  const task = await client.tasks.get(run.taskId).catch(() => undefined);
  const links = [task?.onSuccess, task?.onFailure, task?.onDead].flatMap((some) => some ?? []);
  const from = run.startedAt ?? run.scheduledAt;
  const to = new Date(Date.parse(run.finishedAt ?? from) + AFTER_MS).toISOString();
  const taskIds = [...new Set(links.map(({ taskId }) => taskId))];
  const found = await Promise.all(
    taskIds.map(async (taskId) => {
      const { items } = await client.executions.list({ taskId, from, to, limit: LOOKED_AT }).page();
      return items.filter(({ upstream }) => upstream?.executionId === run.id);
    }),
  );
  return found.flat();
}
