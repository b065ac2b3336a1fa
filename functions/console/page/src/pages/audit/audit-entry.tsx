import { Code, CopyButton, Drawer, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import type { AuditEntry } from '../../../../../../shared/client/client.ts';
import { changesBetween } from '../../parts/changes.ts';
import { ChangesTable } from '../../parts/changes-table.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Instant } from '../../parts/instant.tsx';
import { JsonBlock } from '../../parts/json-block.tsx';

/** One change beside the list of all. */
export function AuditEntryDrawer({ entry, onClose }: { entry: AuditEntry | undefined; onClose(): void }) {
  return (
    <Drawer
      opened={entry !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={entry && `${entry.action} ${entry.resource}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {entry && <Entry entry={entry} />}
    </Drawer>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { at, actor, outcome, code, before, after, requestId } = entry;
  return (
    <Stack>
      <Fact label="When">
        <Instant at={at} exact />
      </Fact>
      <Fact label="Who">
        <Code>{actor}</Code>
      </Fact>
      <Fact label="Outcome">
        {outcome}
        {code && `: ${code}`}
      </Fact>
      <Fact label="Request">
        <Group gap="xs">
          <Code>{requestId}</Code>
          <CopyButton value={requestId}>
            {({ copied, copy }) => (
              <UnstyledButton fz="xs" td="underline" onClick={copy} aria-label="Copy the request id">
                {copied ? 'copied' : 'copy'}
              </UnstyledButton>
            )}
          </CopyButton>
        </Group>
      </Fact>
      <Difference {...entry} />
      {before !== null && <JsonBlock label="Before" value={before} />}
      {after !== null && <JsonBlock label="After" value={after} />}
      <Text size="xs" c="dimmed">
        What may hold a secret is shown by its size only; a hash tells whether it changed.
      </Text>
    </Stack>
  );
}

function Difference({ before, after }: AuditEntry) {
  if (before === null || after === null) return null;
  const changes = changesBetween(before, after);
  if (changes.length === 0) return <Text size="sm">Nothing of what is shown here changed.</Text>;
  return <ChangesTable label="What changed" changes={changes} />;
}
