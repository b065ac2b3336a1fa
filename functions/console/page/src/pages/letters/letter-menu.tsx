import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { DeadLetterGroup } from '../../../../../../shared/client/client.ts';
import type { Letters } from './use-letter-acts.tsx';
import { useLetterActs } from './use-letter-acts.tsx';

/** What can be done with a group, from its row. */
export function GroupMenu(props: { group: DeadLetterGroup; resolution: Letters['resolution'] }) {
  const { group, resolution } = props;
  const { queue, fingerprint } = group;
  const acts = useLetterActs()({ queue, which: { fingerprint }, resolution });
  if (acts.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps a click on the menu from being one on the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard does not reach the row through it
    <div onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${queue} ${fingerprint}`}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
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
