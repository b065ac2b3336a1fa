import { EVENT_STREAM, LIVE_PATH } from '../../../shared/contract/live.ts';
import { type Route, route } from '../route.ts';

export const liveRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: LIVE_PATH,
      operationId: 'followChanges',
      summary: 'Live changes, as server-sent events, where the deployment can send them',
      replies: {
        200: {
          description: `Events task.changed, run.changed and queue.changed, for who accepts ${EVENT_STREAM}; embedded engine only`,
          contentType: EVENT_STREAM,
        },
        204: { description: 'There is no stream here: ask for what you want to know again and again' },
      },
    },
    // A function answers once; the embedded engine puts its stream in place of this answer.
    () => ({ status: 204 }),
  ),
];
