import { Button, Code, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { useAct } from '../../data/use-act.tsx';
import { usePages } from '../../data/use-pages.ts';
import { Instant } from '../../parts/instant.tsx';
import { MorePages } from '../../parts/more-pages.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { StackingTable } from '../../parts/stacking-table.tsx';
import { useClient, useMay } from '../../session/session-context.tsx';
import { acrossQueues } from './across-queues.ts';

/** Fingerprints that somebody does not want to see again, with who and why. */
export function IgnoredAtBirth({ queues }: { queues: readonly string[] }) {
  const client = useClient();
  const may = useMay('operator');
  const act = useAct();
  const pages = usePages(['ignored-at-birth', queues], () =>
    acrossQueues(
      queues,
      (queue) => client.queues.ignored(queue),
      (a, b) => b.at.localeCompare(a.at),
    ),
  );
  if (pages.error) return <ProblemAlert error={pages.error} retry={pages.reload} />;
  if (pages.items.length === 0) return <Text size="sm">None.</Text>;
  return (
    <Stack>
      <StackingTable label="Ignored from now on" minWidth={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Fingerprint</Table.Th>
            <Table.Th>Queue</Table.Th>
            <Table.Th>By, when</Table.Th>
            <Table.Th>Note</Table.Th>
            {may && (
              <Table.Th>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pages.items.map(({ fingerprint, queue, by, at, note }) => (
            <Table.Tr key={`${queue} ${fingerprint}`}>
              <Table.Td data-card="title">
                <Code>{fingerprint}</Code>
              </Table.Td>
              <Table.Td data-label="Queue">{queue}</Table.Td>
              <Table.Td data-label="By">
                {by}, <Instant at={at} />
              </Table.Td>
              <Table.Td data-label="Note">{note ?? '—'}</Table.Td>
              {may && (
                <Table.Td data-card="actions">
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`Reopen ${fingerprint}`}
                    onClick={() =>
                      act.mutate({
                        run: async () => {
                          await client.queues.reopen(queue, { fingerprint });
                          return 'What dies of it comes into the list again';
                        },
                        undo: () =>
                          client.queues.ignore(queue, { fingerprint, ...(note !== null && { note }) }),
                      })
                    }
                  >
                    Reopen
                  </Button>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </StackingTable>
      <MorePages pages={pages} />
    </Stack>
  );
}
