import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { NewToken, TokenInput } from '../../../../../../shared/client/client.ts';
import { useAct } from '../../data/use-act.tsx';
import { FormModal } from '../../parts/form-modal.tsx';
import { useClient, useMayAll } from '../../session/session-context.tsx';

const DAY_SECONDS = 86_400;
const ROLES = [
  { value: 'viewer', label: 'viewer: looks' },
  { value: 'operator', label: 'operator: changes tasks and runs' },
  { value: 'admin', label: 'admin: also tokens and the audit trail' },
] as const;
const EXPIRIES = [
  { value: String(DAY_SECONDS), label: 'in a day' },
  { value: String(7 * DAY_SECONDS), label: 'in a week' },
  { value: String(30 * DAY_SECONDS), label: 'in 30 days' },
  { value: String(90 * DAY_SECONDS), label: 'in 90 days' },
  { value: String(365 * DAY_SECONDS), label: 'in a year' },
  { value: 'never', label: 'never' },
];

export function NewTokenForm({ onClose, onMade }: { onClose(): void; onMade(token: NewToken): void }) {
  const client = useClient();
  const act = useAct();
  const mayAll = useMayAll();
  const [name, setName] = useState('');
  const [tenant, setTenant] = useState('');
  const [role, setRole] = useState<TokenInput['role']>('viewer');
  const [expiry, setExpiry] = useState(String(90 * DAY_SECONDS));
  const make = () =>
    act.mutate({
      run: async () => {
        const made = await client.tokens.create({
          role,
          ...(name.trim() && { name: name.trim() }),
          ...(tenant.trim() && { tenant: tenant.trim() }),
          ...(expiry !== 'never' && { expiresInSeconds: Number(expiry) }),
        });
        onClose();
        onMade(made);
        return 'The token is made';
      },
    });
  return (
    <FormModal
      title="Make a token"
      opened
      onClose={onClose}
      onSubmit={make}
      submit="Make"
      busy={act.isPending}
    >
      <TextInput
        label="Name"
        description="What it is for"
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        maxLength={128}
        data-autofocus
      />
      <Select
        label="Role"
        data={[...ROLES]}
        value={role}
        onChange={(chosen) => chosen && setRole(chosen)}
        allowDeselect={false}
      />
      <Select
        label="Expires"
        data={EXPIRIES}
        value={expiry}
        onChange={(chosen) => chosen && setExpiry(chosen)}
        allowDeselect={false}
      />
      {mayAll && (
        <TextInput
          label="Tenant"
          description="That it lets into; your own when empty"
          value={tenant}
          onChange={({ currentTarget }) => setTenant(currentTarget.value)}
        />
      )}
    </FormModal>
  );
}
