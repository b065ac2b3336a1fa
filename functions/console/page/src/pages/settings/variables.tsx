import { Button, Code, Group, JsonInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Variable } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { usePages } from '../../data/use-pages.ts';
import { confirmFirst } from '../../parts/confirm.tsx';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import { readJson } from '../../parts/read-json.ts';
import { useClient, useMay } from '../../session/session-context.tsx';

const columns: Columns<Variable> = [
  {
    header: 'Name',
    id: 'name',
    cell: ({ row }) => (
      <Text size="sm" fw={600} ff="monospace">
        {row.original.name}
      </Text>
    ),
  },
  {
    header: 'Value',
    id: 'value',
    cell: ({ row }) => <Code data-long-words>{JSON.stringify(row.original.value)}</Code>,
  },
  {
    header: 'In a payload',
    id: 'use',
    cell: ({ row }) => <Code>{`"{{ variables.${row.original.name} }}"`}</Code>,
  },
];

export function Variables() {
  const client = useClient();
  const mayChange = useMay('operator');
  const pages = usePages(['variables'], () => client.variables.list());
  const [edited, setEdited] = useState<Variable | 'new'>();
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm">
          Values that the payloads of all tasks share. Every viewer may read them: they are not for secrets.
        </Text>
        {mayChange && <Button onClick={() => setEdited('new')}>Set a variable</Button>}
      </Group>
      <DataTable
        label="Variables"
        columns={columns}
        pages={pages}
        idOf={({ name }) => name}
        {...(mayChange && { onOpen: (variable: Variable) => setEdited(variable) })}
        empty={
          <Empty command="escapement variables set region --text eu-west-1">There is no variable yet.</Empty>
        }
      />
      {edited !== undefined && (
        <VariableForm variable={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
    </Stack>
  );
}

function VariableForm({ variable, onClose }: { variable: Variable | undefined; onClose(): void }) {
  const client = useClient();
  const act = useAct();
  const [name, setName] = useState(variable?.name ?? '');
  const [text, setText] = useState(variable ? JSON.stringify(variable.value, null, 2) : '');
  const read = readJson(text);
  const save = () => {
    if (!read.ok) return;
    act.mutate({
      run: async () => {
        await client.variables.put(name, read.value);
        onClose();
        return `${name} is set; runs that start from now on see it`;
      },
      ...(variable && { undo: () => client.variables.put(name, variable.value) }),
    });
  };
  return (
    <FormModal
      title={variable ? `Variable ${variable.name}` : 'Set a variable'}
      opened
      onClose={onClose}
      onSubmit={save}
      submit="Save"
      busy={act.isPending}
      aside={variable && <DeleteVariable variable={variable} onClose={onClose} />}
    >
      {!variable && (
        <TextInput
          label="Name"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          required
          data-autofocus
        />
      )}
      <JsonInput
        label="Value"
        description='Any JSON: text stands in "quotes"'
        value={text}
        onChange={setText}
        error={text !== '' && !read.ok && read.message}
        minRows={3}
        maxRows={16}
        required
      />
    </FormModal>
  );
}

function DeleteVariable({ variable: { name, value }, onClose }: { variable: Variable; onClose(): void }) {
  const client = useClient();
  const act = useAct();
  const remove = () =>
    act.mutate({
      run: async () => {
        await client.variables.delete(name);
        return `${name} is deleted`;
      },
      undo: () => client.variables.put(name, value),
    });
  const ask = () => {
    onClose();
    confirmFirst({
      title: `Delete ${name}?`,
      children: 'Runs whose payload names it get null in its place.',
      confirm: 'Delete',
      onConfirm: remove,
    });
  };
  return (
    <Button variant="default" onClick={ask}>
      Delete
    </Button>
  );
}
