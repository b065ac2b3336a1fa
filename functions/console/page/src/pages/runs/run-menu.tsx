import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { Execution } from '../../../../../../shared/client/client.ts';
import { MenuLink } from '../../parts/links.tsx';
import { useRunActs } from './use-run-acts.tsx';

/** What can be done with a run, from its row. */
export function RunMenu({ run }: { run: Execution }) {
  const acts = useRunActs()(run);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps a click on the menu from being one on the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard does not reach the row through it
    <div onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${run.id}`}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuLink to="/runs/$executionId" params={{ executionId: run.id }}>
            Open
          </MenuLink>
          <MenuLink to="/runs" search={{ taskId: run.taskId }}>
            All runs of this task
          </MenuLink>
          {acts.map((act) => (
            <Menu.Item key={act.label} onClick={act.do}>
              {act.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
