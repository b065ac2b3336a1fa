import type { Content } from './visit.ts';

export interface Place {
  name: string;
  path: string;
  content: Content;
  /** What it puts off until then. */
  rest?: Content;
  /** Its name in the navigation, where it is there. */
  link?: RegExp;
}

const row = (table: string) => ({ selector: `table[aria-label="${table}"] tbody td time` });

export const PLACES: readonly Place[] = [
  {
    name: 'Pulse',
    path: '/',
    link: /^Pulse/,
    content: { selector: 'section[aria-label="What needs a person"] li' },
    rest: { selector: 'canvas[aria-label="Lateness"]' },
  },
  { name: 'Tasks', path: '/tasks', link: /^Tasks/, content: row('Tasks') },
  { name: 'a task', path: '/tasks/report-returns', content: row('Last runs') },
  {
    name: 'editor',
    path: '/tasks/report-returns/edit',
    content: { selector: 'section[aria-label="Preview of the schedule"] time' },
  },
  { name: 'Runs', path: '/runs', link: /^Runs/, content: row('Runs') },
  {
    name: 'Dead letters',
    path: '/dead-letters',
    link: /^Dead letters/,
    content: row('Groups of dead letters'),
  },
  {
    name: 'Queues and limits',
    path: '/queues',
    link: /^Queues/,
    content: { selector: 'table[aria-label="Queues"] tbody tr' },
  },
  {
    name: 'Timeline',
    path: '/timeline',
    link: /^Timeline/,
    content: { selector: 'canvas[aria-label="Load"]' },
  },
  { name: 'Audit', path: '/audit', link: /^Audit/, content: row('Changes') },
  {
    name: 'Settings',
    path: '/settings',
    link: /^Settings/,
    content: { selector: 'main [role="tabpanel"] p' },
  },
];
