import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { readAuditSearch } from './pages/audit/audit-search.ts';
import { readGroupSearch, readLetterSearch } from './pages/letters/letter-search.ts';
import { Login } from './pages/login.tsx';
import { NotFound } from './pages/not-found.tsx';
import { readPulseSearch } from './pages/pulse/pulse-search.ts';
import { readRunSearch } from './pages/runs/run-search.ts';
import { readSettingsSearch } from './pages/settings/settings-search.ts';
import { readTaskPageSearch } from './pages/task/task-page-search.ts';
import { readTaskSearch } from './pages/tasks/task-search.ts';
import { readTimelineSearch } from './pages/timeline/timeline-search.ts';
import { ProblemAlert } from './parts/problem-alert.tsx';
import { useSession } from './session/session-context.tsx';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

/** Everything but the login needs somebody who is logged in; the address is kept meanwhile. */
const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Inside });

function Inside() {
  return useSession().me ? <Shell /> : <Login />;
}

const pulse = createRoute({
  getParentRoute: () => inside,
  path: '/',
  validateSearch: readPulseSearch,
  component: lazyRouteComponent(() => import('./pages/pulse/pulse.tsx'), 'Pulse'),
});

const tasks = createRoute({
  getParentRoute: () => inside,
  path: '/tasks',
  validateSearch: readTaskSearch,
  component: lazyRouteComponent(() => import('./pages/tasks/tasks.tsx'), 'Tasks'),
});

const runs = createRoute({
  getParentRoute: () => inside,
  path: '/runs',
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import('./pages/runs/runs.tsx'), 'Runs'),
});

const run = createRoute({
  getParentRoute: () => inside,
  path: '/runs/$executionId',
  component: lazyRouteComponent(() => import('./pages/runs/run.tsx'), 'Run'),
});

const deadLetters = createRoute({
  getParentRoute: () => inside,
  path: '/dead-letters',
  validateSearch: readLetterSearch,
  beforeLoad: ({ search: { queue, fingerprint } }) => {
    if (queue && fingerprint)
      throw redirect({ to: '/dead-letters/$queue/$fingerprint', params: { queue, fingerprint } });
  },
  component: lazyRouteComponent(() => import('./pages/letters/dead-letters.tsx'), 'DeadLetters'),
});

const deadLetterGroup = createRoute({
  getParentRoute: () => inside,
  path: '/dead-letters/$queue/$fingerprint',
  validateSearch: readGroupSearch,
  component: lazyRouteComponent(() => import('./pages/letters/dead-letter-group.tsx'), 'DeadLetterGroup'),
});

const task = createRoute({
  getParentRoute: () => inside,
  path: '/tasks/$taskId',
  validateSearch: readTaskPageSearch,
  component: lazyRouteComponent(() => import('./pages/task/task-page.tsx'), 'TaskPage'),
});

const newTask = createRoute({
  getParentRoute: () => inside,
  path: '/tasks/new',
  component: lazyRouteComponent(() => import('./pages/editor/new-task.tsx'), 'NewTask'),
});

const editTask = createRoute({
  getParentRoute: () => inside,
  path: '/tasks/$taskId/edit',
  component: lazyRouteComponent(() => import('./pages/editor/edit-task.tsx'), 'EditTask'),
});

const queues = createRoute({
  getParentRoute: () => inside,
  path: '/queues',
  component: lazyRouteComponent(() => import('./pages/queues/queues.tsx'), 'Queues'),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/audit',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('./pages/audit/audit.tsx'), 'Audit'),
});

const timeline = createRoute({
  getParentRoute: () => inside,
  path: '/timeline',
  validateSearch: readTimelineSearch,
  component: lazyRouteComponent(() => import('./pages/timeline/timeline.tsx'), 'Timeline'),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  validateSearch: readSettingsSearch,
  component: lazyRouteComponent(() => import('./pages/settings/settings.tsx'), 'Settings'),
});

/** Each page is a file of its own that is loaded when somebody goes there. */
export const router = createRouter({
  routeTree: root.addChildren([
    inside.addChildren([
      pulse,
      tasks,
      task,
      newTask,
      editTask,
      queues,
      audit,
      timeline,
      settings,
      runs,
      run,
      deadLetters,
      deadLetterGroup,
    ]),
  ]),
  basepath: '/console',
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <ProblemAlert error={error} retry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
