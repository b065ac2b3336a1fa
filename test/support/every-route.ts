import type { Route } from '../../functions/api/route.ts';
import { routes } from '../../functions/api/routes.ts';

/** What a tenant has, by id. */
export interface Ids {
  /** A tenant without tasks. */
  tenant: string;
  task: string;
  /** Runs: one that waits, one that is dead, one that was handed off. */
  run: string;
  dead: string;
  pending: string;
  /** Of the run that was handed off. */
  handOff: string;
  backfill: string;
  bulkJob: string;
  /** Of a redrive, and of runs that died like one that is ignored. */
  canary: string;
  fingerprint: string;
  token: string;
  variable: string;
  calendar: string;
}

/** What of a request the table of routes does not say. */
export interface Ask {
  params?: Record<string, string>;
  query?: string;
  body?: object;
  headers?: Record<string, string>;
}
type Asks = (ids: Ids) => Ask | Ask[];

export const TASK = {
  name: 'Nightly report',
  handler: 'demo.echo',
  schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
};
export const WINDOW = { from: '2026-11-10T00:00:00.000Z', to: '2026-11-12T00:00:00.000Z' };

const nothing: Asks = () => ({});
const ofTask: Asks = ({ task }) => ({ params: { id: task } });
const ofRun: Asks = ({ run }) => ({ params: { id: run } });
const ofVariable: Asks = ({ variable }) => ({ params: { name: variable } });
const ofCalendar: Asks = ({ calendar }) => ({ params: { id: calendar } });
const ofTenant: Asks = ({ tenant }) => ({ params: { id: tenant } });
const ofQueue = { params: { name: 'default' } };
const ofBackfill: Asks = ({ task, backfill }) => ({ params: { id: task, backfillId: backfill } });
const ofBulkJob: Asks = ({ bulkJob }) => ({ params: { id: bulkJob } });
const redrive: Asks = ({ dead, fingerprint }) => [
  { ...ofQueue, body: { ids: [dead] } },
  { ...ofQueue, body: { ids: [dead], canary: true, payloadPatch: { theirs: true } } },
  { ...ofQueue, body: { fingerprint } },
];
const close: Asks = ({ dead, fingerprint }) => [
  { ...ofQueue, body: { ids: [dead] } },
  { ...ofQueue, body: { fingerprint, note: 'theirs' } },
];
const purge: Asks = () => ({ ...ofQueue, body: { confirm: 'default' } });

/**
 * How to ask each operation so that it does something with what a tenant has. The tests of roles and tenants walk all
 * of them; of several the first is the one that must succeed for the tenant itself.
 */
const ASKS: Record<string, Asks> = {
  createTask: ({ task, calendar }) => [
    { body: TASK },
    { body: { ...TASK, onSuccess: [{ taskId: task }] } },
    { body: { ...TASK, schedule: { ...TASK.schedule, calendars: [{ id: calendar }] } } },
  ],
  listTasks: ({ task }) => [{}, { query: `search=${task}` }, { query: 'tag=private' }],
  putTask: ({ task }) => ({ params: { id: task }, body: TASK }),
  getTask: ofTask,
  patchTask: ({ task }) => [
    { params: { id: task }, body: { name: 'Another' } },
    { params: { id: task }, body: { name: 'Another' }, headers: { 'if-match': '"1"' } },
  ],
  deleteTask: ofTask,
  pauseTask: ofTask,
  resumeTask: ofTask,
  triggerTask: ({ task }) => ({ params: { id: task }, headers: { 'idempotency-key': 'theirs' } }),
  listUpcoming: ofTask,
  countUpcoming: () => [{}, { query: 'tag=private' }],
  listTaskVersions: ofTask,
  explainTask: ofTask,
  listTaskExecutions: ofTask,
  backfillTask: ({ task }) => ({ params: { id: task }, body: WINDOW }),
  getBackfill: ofBackfill,
  abortBackfill: ofBackfill,
  listExecutions: ({ task }) => [{}, { query: `taskId=${task}` }, { query: 'status=dead&tag=private' }],
  getExecution: ofRun,
  getExecutionPayload: ofRun,
  explainExecution: ({ run, dead, pending }) => [run, dead, pending].map((id) => ({ params: { id } })),
  cancelExecution: ofRun,
  retryExecution: ({ dead }) => [
    { params: { id: dead } },
    { params: { id: dead }, body: { payload: { theirs: true } } },
  ],
  completeExecution: ({ pending, handOff }) => ({ params: { id: pending }, body: { token: handOff } }),
  failExecution: ({ pending, handOff }) => ({
    params: { id: pending },
    body: { token: handOff, error: { type: 'E', message: 'no' } },
  }),
  heartbeatExecution: ({ pending, handOff }) => ({ params: { id: pending }, body: { token: handOff } }),
  bulk: ({ task, run, dead }) => [
    { body: { action: 'pause', ids: [task] } },
    ...['resume', 'trigger', 'delete'].map((action) => ({ body: { action, ids: [task] } })),
    { body: { action: 'cancel', ids: [run] } },
    { body: { action: 'retry', ids: [dead] } },
    { body: { action: 'delete', filter: {} } },
    { body: { action: 'cancel', filter: { taskId: task } } },
    { body: { action: 'retry', filter: {}, dryRun: true } },
    { body: { action: 'pause', filter: {}, background: true } },
  ],
  getBulkJob: ofBulkJob,
  abortBulkJob: ofBulkJob,
  listQueues: nothing,
  getQueue: () => ofQueue,
  listLimitsInUse: nothing,
  patchQueue: () => ({ ...ofQueue, body: {} }),
  listDeadLetters: ({ fingerprint }) => [
    ofQueue,
    { ...ofQueue, query: 'resolution=resolved' },
    { ...ofQueue, query: `fingerprint=${fingerprint}` },
  ],
  listDeadLetterGroups: () => [ofQueue, { ...ofQueue, query: 'resolution=resolved' }],
  listIgnoredFingerprints: () => ofQueue,
  getRedriveCanary: ({ canary }) => ({ params: { name: 'default', canaryId: canary } }),
  resolveDeadLetters: close,
  ignoreDeadLetters: close,
  reopenDeadLetters: close,
  redriveDeadLetters: redrive,
  redriveDeadLettersOfQueue: redrive,
  purgeDeadLetters: purge,
  purgeDeadLettersOfQueue: purge,
  previewSchedule: ({ calendar }) => [
    { body: { schedule: TASK.schedule } },
    { body: { schedule: { ...TASK.schedule, calendars: [{ id: calendar }] } } },
  ],
  listCalendars: nothing,
  getCalendar: ofCalendar,
  listCalendarTasks: ofCalendar,
  putCalendar: ({ calendar }) => ({ params: { id: calendar }, body: { name: 'Holidays' } }),
  deleteCalendar: ofCalendar,
  getStats: () => [{}, { query: 'interval=day' }],
  getMetrics: nothing,
  listHandlers: nothing,
  listVariables: nothing,
  getVariable: ofVariable,
  putVariable: ({ variable }) => ({ params: { name: variable }, body: { value: 1 } }),
  deleteVariable: ofVariable,
  listTenants: nothing,
  getTenant: ofTenant,
  putTenant: ({ tenant }) => ({ params: { id: tenant }, body: {} }),
  deleteTenant: ofTenant,
  createToken: () => ({ body: { role: 'viewer' } }),
  listTokens: nothing,
  revokeToken: ({ token }) => ({ params: { id: token } }),
  listAudit: ({ task }) => [{}, { query: `resource=tasks/${task}&actor=token` }],
  followChanges: nothing,
  getHealth: nothing,
  getOpenApi: nothing,
  getDocs: nothing,
  getMe: nothing,
};

export interface Asked {
  method: string;
  path: string;
  query: string;
  body?: object;
  headers?: Record<string, string>;
}

/** Every way in which an operation is asked. Throws for one that nobody has told how. */
export function asksOf(route: Route, ids: Ids): [Asked, ...Asked[]] {
  const [first, ...rest] = [ASKS[route.operationId]?.(ids) ?? []].flat();
  if (!first)
    throw new Error(
      `${route.operationId} (${route.method} ${route.path}) is new: say under ASKS in test/support/every-route.ts how to ` +
        'it so that it does something with what a tenant has, and make what it needs in test/functions/api/belongings.ts',
    );
  return [askedOf(route, first), ...rest.map((ask) => askedOf(route, ask))];
}

function askedOf({ method, path, operationId }: Route, ask: Ask): Asked {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = ask.params?.[name];
    if (value === undefined)
      throw new Error(`ASKS in test/support/every-route.ts: ${operationId} needs ${name}`);
    return encodeURIComponent(value);
  });
  return {
    method,
    path: filled,
    query: ask.query ?? '',
    ...(ask.body && { body: ask.body }),
    ...(ask.headers && { headers: ask.headers }),
  };
}

/** Names of operations that there are no more. */
export const staleAsks = (): string[] =>
  Object.keys(ASKS).filter((name) => !routes.some(({ operationId }) => operationId === name));
