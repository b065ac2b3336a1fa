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
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Task } from '../../../../../../shared/client/client.ts';
import { ButtonLink, MenuLink } from '../../parts/links.tsx';
import { useMay } from '../../session/session-context.tsx';
import { NEW_BACKFILL } from './backfill-dialog.tsx';
import { PauseDialog } from './pause-dialog.tsx';
import { TriggerDialog } from './trigger-dialog.tsx';
import { useTaskActions } from './use-task-actions.ts';

const SIZE = 16;

/** What can be done to the task by whoever looks; for viewers there is nothing. */
export function TaskActions({ task }: { task: Task }) {
  const mayAct = useMay(task.system ? 'admin' : 'operator');
  const navigate = useNavigate();
  const search = useSearch({ from: '/inside/tasks/$taskId' });
  const { resume, remove } = useTaskActions(task);
  const [triggering, trigger] = useDisclosure();
  const [pausing, pause] = useDisclosure();
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
          <MenuLink
            to="/tasks/$taskId"
            params={{ taskId: task.id }}
            search={{ ...search, backfill: NEW_BACKFILL }}
            leftSection={<IconHistory size={SIZE} aria-hidden />}
          >
            Backfill a past window
          </MenuLink>
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
    </>
  );
}
