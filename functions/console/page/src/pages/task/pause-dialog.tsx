import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Task } from '../../../../../../shared/client/client.ts';
import { useTaskActions } from './use-task-actions.ts';

const MAX_REASON = 200;

interface Props {
  task: Task;
  opened: boolean;
  onClose(): void;
}

export function PauseDialog({ task, opened, onClose }: Props) {
  const { pause } = useTaskActions(task);
  const [reason, setReason] = useState('');
  return (
    <Modal opened={opened} onClose={onClose} title={`Pause ${task.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          pause(reason.trim() || undefined);
          setReason('');
          onClose();
        }}
      >
        <Stack>
          <Text size="sm">Nothing new comes due until it is resumed. Runs that live go on.</Text>
          <TextInput
            label="What for"
            description="Shown to everybody until it is resumed"
            placeholder="INC-2214: the supplier moves"
            maxLength={MAX_REASON}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit">Pause</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
