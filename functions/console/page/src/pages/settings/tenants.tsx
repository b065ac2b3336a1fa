import { Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Tenant, TenantInput } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { usePages } from '../../data/use-pages.ts';
import { confirmFirst } from '../../parts/confirm.tsx';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import { useClient } from '../../session/session-context.tsx';

const LIMITS = [
  { name: 'maxTasks', label: 'Tasks' },
  { name: 'maxConcurrency', label: 'Runs at the same time' },
  { name: 'ratePerMinute', label: 'Requests a minute' },
] as const;
const limitText = (limit: number | null) => (limit === null ? 'no limit' : limit.toLocaleString());

const columns: Columns<Tenant> = [
  {
    header: 'Tenant',
    id: 'id',
    cell: ({ row: { original: tenant } }) => (
      <>
        <Text size="sm" fw={600}>
          {tenant.name ?? tenant.id}
        </Text>
        <Text size="xs" c="dimmed" ff="monospace">
          {tenant.id}
        </Text>
      </>
    ),
  },
  {
    header: 'Tasks',
    id: 'tasks',
    cell: ({ row }) => `${row.original.tasks.toLocaleString()} of ${limitText(row.original.maxTasks)}`,
  },
  { header: 'Runs at the same time', id: 'runs', cell: ({ row }) => limitText(row.original.maxConcurrency) },
  { header: 'Requests a minute', id: 'rate', cell: ({ row }) => limitText(row.original.ratePerMinute) },
];

const NEW = Symbol('a tenant that is not there yet');

export function Tenants() {
  const client = useClient();
  const pages = usePages(['tenants'], () => client.tenants.list());
  const [edited, setEdited] = useState<Tenant | typeof NEW>();
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm">Who shares this deployment without seeing each other.</Text>
        <Button onClick={() => setEdited(NEW)}>Make a tenant</Button>
      </Group>
      <DataTable
        label="Tenants"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        onOpen={(tenant) => tenant.id !== 'root' && setEdited(tenant)}
        empty={
          <Empty command="escapement tenants set acme --name Acme --max-tasks 100">
            There is no other tenant yet.
          </Empty>
        }
      />
      {edited !== undefined && (
        <TenantForm tenant={edited === NEW ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
    </Stack>
  );
}

type Draft = Record<(typeof LIMITS)[number]['name'], number | string>;

function TenantForm({ tenant, onClose }: { tenant: Tenant | undefined; onClose(): void }) {
  const client = useClient();
  const act = useAct();
  const [id, setId] = useState(tenant?.id ?? '');
  const [name, setName] = useState(tenant?.name ?? '');
  const [limits, setLimits] = useState<Draft>({
    maxTasks: tenant?.maxTasks ?? '',
    maxConcurrency: tenant?.maxConcurrency ?? '',
    ratePerMinute: tenant?.ratePerMinute ?? '',
  });
  const save = () =>
    act.mutate({
      run: async () => {
        await client.tenants.put(id.trim(), inputOf(name, limits));
        onClose();
        return `${id.trim()} is ${tenant ? 'changed' : 'made'}`;
      },
    });
  return (
    <FormModal
      title={tenant ? `Tenant ${tenant.id}` : 'Make a tenant'}
      opened
      onClose={onClose}
      onSubmit={save}
      submit="Save"
      busy={act.isPending}
      aside={tenant && <DeleteTenant tenant={tenant} onClose={onClose} />}
    >
      {!tenant && (
        <TextInput
          label="Id"
          description="a-z 0-9 -, for good"
          value={id}
          onChange={({ currentTarget }) => setId(currentTarget.value)}
          required
          data-autofocus
        />
      )}
      <TextInput label="Name" value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
      {LIMITS.map((limit) => (
        <NumberInput
          key={limit.name}
          label={limit.label}
          description="No limit when empty"
          value={limits[limit.name]}
          onChange={(value) => setLimits({ ...limits, [limit.name]: value })}
          min={1}
          allowDecimal={false}
        />
      ))}
    </FormModal>
  );
}

function DeleteTenant({ tenant, onClose }: { tenant: Tenant; onClose(): void }) {
  const client = useClient();
  const act = useAct();
  if (tenant.tasks > 0)
    return <Text size="xs">Can be deleted once its {tenant.tasks.toLocaleString()} tasks are.</Text>;
  const remove = () =>
    act.mutate({
      run: async () => {
        await client.tenants.delete(tenant.id);
        return `${tenant.id} is deleted`;
      },
    });
  const ask = () => {
    onClose();
    confirmFirst({
      title: `Delete the tenant ${tenant.id}?`,
      children: 'Its tokens, variables and calendars go with it, and nobody of it gets in any more.',
      confirm: 'Delete',
      typed: tenant.id,
      onConfirm: remove,
    });
  };
  return (
    <Button variant="default" onClick={ask}>
      Delete
    </Button>
  );
}

const limitOf = (typed: number | string): number | null => (typed === '' ? null : Number(typed));

const inputOf = (name: string, limits: Draft): TenantInput => ({
  name: name.trim() || null,
  maxTasks: limitOf(limits.maxTasks),
  maxConcurrency: limitOf(limits.maxConcurrency),
  ratePerMinute: limitOf(limits.ratePerMinute),
});
