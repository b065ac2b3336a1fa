import { Box, Button, Group, Paper, ScrollArea, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { type ReactNode, Suspense, useId } from 'react';

interface Props {
  title: string;
  /** What the picture says, in a sentence: for those who do not see it, and for those in a hurry. */
  summary: string;
  /** The same as a table; built when somebody asks for it. */
  columns: readonly string[];
  rows(): readonly (readonly [key: string, ...cells: string[]])[];
  height: number;
  children: ReactNode;
}

const TABLE_PX = 320;

/** A picture that comes later than the page, what it says in words, and the same as a table. */
export function ChartFrame({ title, summary, columns, rows, height, children }: Props) {
  const [asTable, { toggle }] = useDisclosure();
  const id = useId();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <div>
            <Title order={2} size="h5" id={id}>
              {title}
            </Title>
            <Text size="sm" c="dimmed">
              {summary}
            </Text>
          </div>
          <Button
            size="compact-xs"
            variant="default"
            flex="none"
            leftSection={asTable ? <IconChartBar size={14} /> : <IconTable size={14} />}
            onClick={toggle}
            aria-label={asTable ? `${title} as a chart` : `${title} as a table`}
          >
            {asTable ? 'Chart' : 'Table'}
          </Button>
        </Group>
        {asTable ? (
          <ScrollArea.Autosize mah={TABLE_PX} viewportProps={{ tabIndex: 0, 'aria-label': title }}>
            <Table aria-label={title} stickyHeader>
              <Table.Thead>
                <Table.Tr>
                  {columns.map((column) => (
                    <Table.Th key={column}>{column}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows().map(([key, ...cells]) => (
                  <Table.Tr key={key}>
                    {cells.map((cell, at) => (
                      <Table.Td key={columns[at]}>{cell}</Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea.Autosize>
        ) : (
          <Box mih={height} style={{ overflowX: 'clip' }}>
            <Suspense fallback={<Skeleton h={height} />}>{children}</Suspense>
          </Box>
        )}
      </Stack>
    </Paper>
  );
}
