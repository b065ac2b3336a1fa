import { Button, Group, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useState } from 'react';

interface Props<V> {
  /** What it is called, with its queue: for those who hear the page. */
  label: string;
  /** In force. */
  shown: ReactNode;
  value: V;
  /** Of the deployment, in words, as long as something else holds. */
  deployed: string | undefined;
  editable: boolean;
  about: string;
  field(draft: V, change: (draft: V) => void): ReactNode;
  onSave(value: V): void;
  onReset(): void;
}

/** A setting of a queue: what holds, what the deployment says, and both changed where they are read. */
export function Setting<V>(props: Props<V>) {
  const { shown, deployed, editable } = props;
  return (
    <Stack gap={0}>
      {editable ? <Editor {...props} /> : <Text size="sm">{shown}</Text>}
      {deployed !== undefined && (
        <Text size="xs" c="dimmed">
          deployed: {deployed}
        </Text>
      )}
    </Stack>
  );
}

function Editor<V>({ label, shown, value, deployed, about, field, onSave, onReset }: Props<V>) {
  const [opened, { open, close }] = useDisclosure();
  const [draft, setDraft] = useState(value);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    close();
    onSave(draft);
  };
  return (
    <Popover opened={opened} onChange={(now) => !now && close()} trapFocus returnFocus withArrow width={280}>
      <Popover.Target>
        <UnstyledButton
          aria-label={`Change ${label}`}
          onClick={() => {
            setDraft(value);
            open();
          }}
        >
          <Group gap={4} wrap="nowrap">
            <Text size="sm" td="underline">
              {shown}
            </Text>
            <IconPencil size={14} aria-hidden />
          </Group>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <form onSubmit={submit}>
          <Stack gap="xs">
            {field(draft, setDraft)}
            <Text size="xs" c="dimmed">
              {about}
            </Text>
            <Group justify="space-between">
              <Button
                size="xs"
                variant="default"
                disabled={deployed === undefined}
                onClick={() => {
                  close();
                  onReset();
                }}
              >
                Reset{deployed === undefined ? '' : ` to ${deployed}`}
              </Button>
              <Button size="xs" type="submit">
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
