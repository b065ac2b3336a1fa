import {
  IconActivityHeartbeat,
  IconCalendarClock,
  IconGauge,
  IconHistory,
  IconPlayerPlay,
  type IconProps,
  IconSettings,
  IconSkull,
  IconTimeline,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';

/** The places of the console; `g` and the key lead there from everywhere. */
export const PLACES = [
  { to: '/', label: 'Pulse', key: 'p', icon: IconActivityHeartbeat, role: 'viewer' },
  { to: '/tasks', label: 'Tasks', key: 't', icon: IconCalendarClock, role: 'viewer' },
  { to: '/runs', label: 'Runs', key: 'r', icon: IconPlayerPlay, role: 'viewer' },
  { to: '/dead-letters', label: 'Dead letters', key: 'd', icon: IconSkull, role: 'viewer' },
  { to: '/queues', label: 'Queues and limits', key: 'q', icon: IconGauge, role: 'viewer' },
  { to: '/timeline', label: 'Timeline', key: 'l', icon: IconTimeline, role: 'viewer' },
  { to: '/audit', label: 'Audit', key: 'a', icon: IconHistory, role: 'admin' },
  { to: '/settings', label: 'Settings', key: 's', icon: IconSettings, role: 'viewer' },
] as const satisfies readonly Place[];

interface Place {
  to: string;
  label: string;
  key: string;
  icon: ComponentType<IconProps>;
  role: 'viewer' | 'operator' | 'admin';
}
