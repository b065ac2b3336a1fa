import type { CaseRequest, Cases, CaseWorld } from './case.ts';

export const TASK = {
  name: 'Contract',
  handler: 'demo.echo',
  schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
};
const WINDOW = { from: '2026-11-10T00:00:00.000Z', to: '2026-11-12T00:00:00.000Z' };

/** A task that stands, named in the path. */
export async function standing(world: CaseWorld, more: CaseRequest = {}): Promise<CaseRequest> {
  const params = { id: world.newId() };
  await world.must('putTask', { params, body: TASK });
  return { params, ...more };
}

async function backfilled(world: CaseWorld): Promise<CaseRequest> {
  const { params } = await standing(world);
  const { id } = await world.must('backfillTask', { params: params ?? {}, body: WINDOW });
  return { params: { ...params, backfillId: id } };
}

const completed = async (world: CaseWorld): Promise<CaseRequest> => ({
  params: { id: await world.completedTask() },
});

export const taskCases: Cases = {
  createTask: [
    { status: 201, request: () => ({ body: TASK }) },
    {
      status: 409,
      async request(world) {
        const headers = { 'Idempotency-Key': world.newId() };
        const { id } = await world.must('createTask', { headers, body: TASK });
        await world.must('deleteTask', { params: { id } });
        return { headers, body: { ...TASK, name: 'Another one' } };
      },
    },
  ],
  listTasks: [{ status: 200, request: () => ({ query: { limit: '2', status: 'active,paused' } }) }],
  putTask: [
    { status: 201, request: (world) => ({ params: { id: world.newId() }, body: TASK }) },
    { status: 200, request: (world) => standing(world, { body: { ...TASK, tags: ['b'] } }) },
    { status: 200, request: (world) => standing(world, { body: TASK, query: { dryRun: 'true' } }) },
    { status: 412, request: (world) => standing(world, { body: TASK, headers: { 'If-None-Match': '*' } }) },
  ],
  getTask: [{ status: 200, request: standing }],
  patchTask: [
    { status: 200, request: (world) => standing(world, { body: { name: 'Other', tags: null } }) },
    { status: 412, request: (world) => standing(world, { body: {}, headers: { 'If-Match': '"99"' } }) },
  ],
  deleteTask: [
    { status: 204, request: standing },
    { status: 412, request: (world) => standing(world, { headers: { 'If-Match': '"99"' } }) },
  ],
  pauseTask: [
    { status: 200, request: (world) => standing(world, { body: { reason: 'month-end' } }) },
    { status: 409, request: completed },
  ],
  resumeTask: [
    { status: 200, request: standing },
    { status: 409, request: completed },
  ],
  triggerTask: [
    { status: 202, request: (world) => standing(world, { body: { delaySeconds: 3600 } }) },
    {
      status: 409,
      async request(world) {
        const { params = {} } = await standing(world);
        const headers = { 'Idempotency-Key': 'once' };
        await world.must('triggerTask', { params, headers, body: { delaySeconds: 3600 } });
        return { params, headers, body: { delaySeconds: 1800 } };
      },
    },
  ],
  listTaskVersions: [{ status: 200, request: standing }],
  explainTask: [{ status: 200, request: standing }],
  listUpcoming: [{ status: 200, request: (world) => standing(world, { query: { count: '3' } }) }],
  countUpcoming: [
    {
      status: 200,
      async request(world) {
        await standing(world);
        return { query: { limit: '20', queue: 'default' } };
      },
    },
  ],
  listTaskExecutions: [{ status: 200, request: (world) => standing(world, { query: { status: 'queued' } }) }],
  backfillTask: [{ status: 202, request: (world) => standing(world, { body: WINDOW }) }],
  getBackfill: [{ status: 200, request: backfilled }],
  abortBackfill: [{ status: 200, request: backfilled }],
};
