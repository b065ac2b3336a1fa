import type { CaseRequest, Cases, CaseWorld } from './case.ts';
import { TASK } from './tasks.ts';

/** What tenants share, and tenants themselves. */

async function calendar(world: CaseWorld, more: CaseRequest = {}): Promise<CaseRequest> {
  const params = { id: world.newId() };
  await world.must('putCalendar', { params, body: { name: 'Days' } });
  return { params, ...more };
}

async function variable(world: CaseWorld): Promise<CaseRequest> {
  const params = { name: 'contract' };
  await world.must('putVariable', { params, body: { value: [1, null, 'x'] } });
  return { params };
}

async function tenant(world: CaseWorld, more: CaseRequest = {}): Promise<CaseRequest> {
  const params = { id: world.newId() };
  await world.must('putTenant', { params, body: { name: 'Contract' } });
  return { params, ...more };
}

export const tenancyCases: Cases = {
  listCalendars: [{ status: 200, request: () => ({ query: { limit: '2' } }) }],
  getCalendar: [{ status: 200, request: calendar }],
  listCalendarTasks: [{ status: 200, request: calendar }],
  listLimitsInUse: [{ status: 200, request: () => ({ query: { limit: '2' } }) }],
  putCalendar: [
    {
      status: 201,
      request: (world) => ({
        params: { id: world.newId() },
        body: { name: 'Days', dates: ['2026-12-25', '--01-01'], weekdays: ['sun'] },
      }),
    },
    { status: 200, request: (world) => calendar(world, { body: { name: 'Other days' } }) },
    {
      status: 412,
      request: (world) => calendar(world, { body: { name: 'Days' }, headers: { 'If-None-Match': '*' } }),
    },
  ],
  deleteCalendar: [
    { status: 204, request: calendar },
    {
      status: 409,
      async request(world) {
        const { params = {} } = await calendar(world);
        const schedule = { ...TASK.schedule, calendars: [{ id: params.id }] };
        await world.must('putTask', { params: { id: world.newId() }, body: { ...TASK, schedule } });
        return { params };
      },
    },
  ],
  listVariables: [{ status: 200, request: () => ({}) }],
  getVariable: [{ status: 200, request: variable }],
  putVariable: [{ status: 200, request: () => ({ params: { name: 'contract' }, body: { value: 1 } }) }],
  deleteVariable: [{ status: 204, request: variable }],
  listTenants: [{ status: 200, request: () => ({ query: { limit: '2' } }) }],
  getTenant: [{ status: 200, request: tenant }],
  putTenant: [
    { status: 201, request: (world) => ({ params: { id: world.newId() }, body: { maxTasks: 3 } }) },
    { status: 200, request: (world) => tenant(world, { body: { ratePerMinute: 100 } }) },
  ],
  deleteTenant: [
    { status: 204, request: tenant },
    {
      status: 409,
      async request(world) {
        const { params = {} } = await tenant(world);
        const id = world.newId();
        await world.must('putTask', { params: { id }, body: TASK, tenant: params.id ?? '' });
        return { params };
      },
    },
  ],
  createToken: [{ status: 201, request: () => ({ body: { role: 'viewer', expiresInSeconds: 60 } }) }],
  listTokens: [{ status: 200, request: () => ({ query: { limit: '2' } }) }],
  revokeToken: [
    {
      status: 204,
      async request(world) {
        const { id } = await world.must('createToken', { body: { role: 'viewer', name: 'short-lived' } });
        return { params: { id } };
      },
    },
  ],
};
