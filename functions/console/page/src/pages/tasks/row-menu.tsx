import { ActionIcon, Menu } from '@mantine/core';
import {
  IconDots,
  IconExternalLink,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
} from '@tabler/icons-react';
import type { MouseEvent } from 'react';
import type { Task } from '../../../../../../shared/client/client.ts';
import { MenuLink } from '../../parts/links.tsx';
import { useMay } from '../../session/session-context.tsx';
import { useTaskActions } from '../task/use-task-actions.ts';

const SIZE = 14;
/** The row itself leads to the task. */
const stay = (event: MouseEvent) => event.stopPropagation();

/** What is done most often, without leaving the list. */
export function RowMenu({ task }: { task: Task }) {
  const mayAct = useMay(task.system ? 'admin' : 'operator');
  const { pause, resume, runNow } = useTaskActions(task);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: it only keeps clicks from the row
    <div onClick={stay}>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions on ${task.name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuLink
            to="/tasks/$taskId"
            params={{ taskId: task.id }}
            leftSection={<IconExternalLink size={SIZE} aria-hidden />}
          >
            Open
          </MenuLink>
          {mayAct && (
            <Menu.Item leftSection={<IconPlayerTrackNext size={SIZE} aria-hidden />} onClick={runNow}>
              Run now
            </Menu.Item>
          )}
          {mayAct && task.status === 'active' && (
            <Menu.Item leftSection={<IconPlayerPause size={SIZE} aria-hidden />} onClick={() => pause()}>
              Pause
            </Menu.Item>
          )}
          {mayAct && (task.status === 'paused' || task.status === 'disabled') && (
            <Menu.Item leftSection={<IconPlayerPlay size={SIZE} aria-hidden />} onClick={resume}>
              Resume
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
