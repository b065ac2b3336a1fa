import { Button, Group, Modal, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';

interface Props {
  title: string;
  opened: boolean;
  onClose(): void;
  onSubmit(): void;
  /** A verb. */
  submit: string;
  busy: boolean;
  /** On the other side of the buttons: such as Delete. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A few fields over the page. */
export function FormModal({ title, opened, onClose, onSubmit, submit, busy, aside, children }: Props) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={send}>
        <Stack>
          {children}
          <Group justify="space-between">
            {aside ?? <span />}
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={busy}>
                {submit}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
