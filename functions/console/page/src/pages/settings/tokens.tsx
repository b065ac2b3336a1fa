import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { NewToken, Token } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { usePages } from '../../data/use-pages.ts';
import { confirmFirst } from '../../parts/confirm.tsx';
import { type Columns, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Instant } from '../../parts/instant.tsx';
import { useClient } from '../../session/session-context.tsx';
import { NewTokenForm } from './new-token.tsx';
import { TokenShownOnce } from './token-shown-once.tsx';

const columns: Columns<Token> = [
  {
    header: 'Token',
    id: 'name',
    cell: ({ row: { original: token } }) => (
      <div>
        <Text size="sm" fw={600}>
          {token.name ?? 'no name'}
        </Text>
        <Text size="xs" c="dimmed" ff="monospace">
          token:{token.id}
        </Text>
      </div>
    ),
  },
  {
    header: 'Role',
    id: 'role',
    cell: ({ row }) => (
      <Badge variant="default" tt="none">
        {row.original.role}
      </Badge>
    ),
  },
  {
    header: 'Made',
    id: 'created',
    cell: ({ row: { original } }) => (
      <Stack gap={0}>
        <Instant at={original.createdAt} />
        <Text size="xs" c="dimmed">
          by {original.createdBy}
        </Text>
      </Stack>
    ),
  },
  { header: 'Last used', id: 'used', cell: ({ row }) => <Instant at={row.original.lastUsedAt} /> },
  {
    header: 'Expires',
    id: 'expires',
    cell: ({ row }) => (row.original.expiresAt === null ? 'never' : <Instant at={row.original.expiresAt} />),
  },
  { header: '', id: 'revoke', cell: ({ row }) => <Revoke token={row.original} /> },
];

export function Tokens() {
  const client = useClient();
  const pages = usePages(['tokens'], () => client.tokens.list());
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewToken>();
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm">
          Credentials for people and programs. A secret is shown once; only its hash is kept.
        </Text>
        <Button onClick={() => setMaking(true)}>Make a token</Button>
      </Group>
      <DataTable
        label="Tokens"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        empty={
          <Empty command="escapement tokens create --role operator --name ci --expires-in 90d">
            There is no token yet besides the administrator's. Here, or on the command line:
          </Empty>
        }
      />
      {isMaking && <NewTokenForm onClose={() => setMaking(false)} onMade={setMade} />}
      {made && <TokenShownOnce token={made} onClose={() => setMade(undefined)} />}
    </Stack>
  );
}

function Revoke({ token: { id, name } }: { token: Token }) {
  const client = useClient();
  const act = useAct();
  const called = name ?? id;
  const revoke = () =>
    act.mutate({
      run: async () => {
        await client.tokens.revoke(id);
        return `${called} is revoked`;
      },
    });
  const ask = () =>
    confirmFirst({
      title: `Revoke ${called}?`,
      children: 'Whoever uses it is refused from the next request on. This cannot be taken back.',
      confirm: 'Revoke',
      typed: called,
      onConfirm: revoke,
    });
  return (
    <Button size="compact-sm" variant="default" onClick={ask} aria-label={`Revoke ${called}`}>
      Revoke
    </Button>
  );
}
