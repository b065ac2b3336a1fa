import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  SegmentedControl,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconMoon, IconSearch, IconSun, IconUser } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useSession } from '../session/session-context.tsx';
import { useGoKeys } from './go-keys.ts';
import { openPalette, Palette } from './palette.tsx';
import { usePreferences } from './preferences.tsx';
import { useVisiblePlaces } from './visible-places.ts';

const TIME_LABELS = [
  { value: 'task', label: 'Task' },
  { value: 'local', label: 'Mine' },
  { value: 'utc', label: 'UTC' },
] as const;

/** What stands around every page. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const places = useVisiblePlaces();
  useGoKeys();
  // Out of a field as well, where a slash is a slash.
  useHotkeys([['mod+K', () => openPalette()]], []);
  useHotkeys([['/', () => openPalette()]]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Text fw={700} component={Link} to="/" c="inherit" td="none">
              Escapement
            </Text>
          </Group>
          <HeaderTools />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        {places.map(({ to, label, key, icon: Icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
            rightSection={<Text size="xs" c="dimmed" visibleFrom="sm" aria-hidden>{`g ${key}`}</Text>}
            active={isAt(to, pathname)}
            aria-current={pathname === to ? 'page' : undefined}
            onClick={close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
      <Palette />
    </AppShell>
  );
}

function HeaderTools() {
  const session = useSession();
  const { timeDisplay, setTimeDisplay } = usePreferences();
  const { toggleColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const me = session.me;
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        variant="default"
        size="xs"
        leftSection={<IconSearch size={14} aria-hidden />}
        onClick={openPalette}
        visibleFrom="sm"
      >
        Find anything <VisuallyHidden>, Control K</VisuallyHidden>
      </Button>
      <ActionIcon variant="default" aria-label="Go anywhere" onClick={openPalette} hiddenFrom="sm">
        <IconSearch size={16} />
      </ActionIcon>
      <Tooltip label="Times are shown in the zone of the task, in yours, or in UTC">
        <SegmentedControl
          size="xs"
          aria-label="Zone of times"
          value={timeDisplay}
          onChange={(value) => setTimeDisplay(value)}
          data={[...TIME_LABELS]}
          visibleFrom="md"
        />
      </Tooltip>
      <ActionIcon variant="default" aria-label="Dark or light" onClick={() => toggleColorScheme()}>
        {isDark ? <IconSun size={16} /> : <IconMoon size={16} />}
      </ActionIcon>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" aria-label="Account">
            <IconUser size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {me?.actor}
            <br />
            {me?.role} of {me?.tenant}
          </Menu.Label>
          <Menu.Item onClick={() => session.logOut()}>Log out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

/** The beginning holds all other places, and is not where they are. */
const isAt = (place: string, pathname: string): boolean =>
  place === '/' ? pathname === '/' : pathname.startsWith(place);
