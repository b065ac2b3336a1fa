import { Code, Table, Text } from '@mantine/core';
import { type Change, isMasked } from './changes.ts';
import { StackingTable } from './stacking-table.tsx';

/** What is different, field by field: read as `from` and `to`, never by colour alone. */
export function ChangesTable({ label, changes }: { label: string; changes: readonly Change[] }) {
  return (
    <StackingTable label={label} minWidth={420} layout="fixed" verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="28%">Field</Table.Th>
          <Table.Th>Before</Table.Th>
          <Table.Th>After</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map(({ path, before, after }) => (
          <Table.Tr key={path}>
            <Table.Td data-card="title">
              <Text size="sm" ff="monospace" style={WRAPPED}>
                {path || 'all of it'}
              </Text>
            </Table.Td>
            <Table.Td data-label="Before">
              <Side value={before} color="red" />
            </Table.Td>
            <Table.Td data-label="After">
              <Side value={after} color="green" />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </StackingTable>
  );
}

const WRAPPED = { overflowWrap: 'anywhere' } as const;

function Side({ value, color }: { value: unknown; color: 'red' | 'green' }) {
  if (value === undefined)
    return (
      <Text size="sm" c="dimmed">
        —
      </Text>
    );
  if (isMasked(value)) return <Text size="sm">hidden, {value.bytes} bytes</Text>;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  return (
    <Code
      block
      bg={`var(--mantine-color-${color}-light)`}
      c="var(--mantine-color-text)"
      style={{ ...WRAPPED, whiteSpace: 'pre-wrap' }}
    >
      {text}
    </Code>
  );
}
