import { ActionIcon, Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconChevronDown,
  IconEdit,
  IconHistory,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconTrash,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { Task } from '../../../../../../shared/client/client.ts';
import { ButtonLink } from '../../parts/links.tsx';
import { useMay } from '../../session/session-context.tsx';
import { BackfillDialog } from './backfill-dialog.tsx';
import { PauseDialog } from './pause-dialog.tsx';
import { TriggerDialog } from './trigger-dialog.tsx';
import { useTaskActions } from './use-task-actions.ts';

const SIZE = 16;

/** What can be done to the task by whoever looks; for viewers there is nothing. */
export function TaskActions({ task }: { task: Task }) {
  const mayAct = useMay(task.system ? 'admin' : 'operator');
  const navigate = useNavigate();
  const { resume, remove } = useTaskActions(task);
  const [triggering, trigger] = useDisclosure();
  const [pausing, pause] = useDisclosure();
  const [backfilling, backfill] = useDisclosure();
  if (!mayAct) return null;
  return (
    <>
      <Button leftSection={<IconPlayerTrackNext size={SIZE} aria-hidden />} onClick={trigger.open}>
        Run now
      </Button>
      {task.status === 'active' && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={SIZE} aria-hidden />}
          onClick={pause.open}
        >
          Pause
        </Button>
      )}
      {(task.status === 'paused' || task.status === 'disabled') && (
        <Button variant="default" leftSection={<IconPlayerPlay size={SIZE} aria-hidden />} onClick={resume}>
          Resume
        </Button>
      )}
      <ButtonLink
        to="/tasks/$taskId/edit"
        params={{ taskId: task.id }}
        variant="default"
        leftSection={<IconEdit size={SIZE} aria-hidden />}
      >
        Edit
      </ButtonLink>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconChevronDown size={SIZE} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconHistory size={SIZE} aria-hidden />} onClick={backfill.open}>
            Backfill a past window
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={SIZE} aria-hidden />}
            onClick={() => remove(() => void navigate({ to: '/tasks' }))}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <TriggerDialog task={task} opened={triggering} onClose={trigger.close} />
      <PauseDialog task={task} opened={pausing} onClose={pause.close} />
      <BackfillDialog task={task} opened={backfilling} onClose={backfill.close} />
    </>
  );
}
