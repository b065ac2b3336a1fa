import { Button, Group, Menu, Text } from '@mantine/core';

/** Something that can be done. */
export interface Act {
  label: string;
  /** Cannot be taken back. */
  isFinal?: boolean;
  do(): void;
}

/** Behind one button. */
export function ActsMenu({ label, acts }: { label: string; acts: readonly Act[] }) {
  if (acts.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">{label}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {acts.map((act) => (
          <Menu.Item key={act.label} {...(act.isFinal && { color: 'red' })} onClick={act.do}>
            {act.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What can be done with the rows that are selected. */
export function SelectionBar(props: {
  /** `runs` */
  things: string;
  count: number;
  acts: readonly Act[];
  onNone(): void;
}) {
  const { things, count, acts, onNone } = props;
  if (count === 0) return null;
  return (
    <Group gap="xs" role="group" aria-label={`Selected ${things}`}>
      <Text size="sm" role="status">
        {count} selected
      </Text>
      {acts.map((act) => (
        <Button
          key={act.label}
          size="xs"
          {...(act.isFinal ? { variant: 'light', color: 'red' } : { variant: 'default' })}
          onClick={act.do}
        >
          {act.label}
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={onNone}>
        Select none
      </Button>
    </Group>
  );
}
