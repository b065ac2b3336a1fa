import type { CaseRequest, Cases, CaseWorld } from './case.ts';
import { standing } from './tasks.ts';

/** Of what nothing is. */
const nobodys = (world: CaseWorld) => ({ search: world.newId() });

async function job(world: CaseWorld): Promise<CaseRequest> {
  const body = { action: 'pause', filter: nobodys(world), background: true };
  const { id } = await world.must('bulk', { body });
  return { params: { id } };
}

export const bulkCases: Cases = {
  bulk: [
    { status: 200, request: (world) => ({ body: { action: 'pause', filter: nobodys(world) } }) },
    {
      status: 200,
      async request(world) {
        const { params } = await standing(world);
        return { body: { action: 'trigger', ids: [params?.id, world.newId()], dryRun: true } };
      },
    },
    {
      status: 202,
      request: (world) => ({ body: { action: 'delete', filter: nobodys(world), background: true } }),
    },
    { status: 422, request: () => ({ body: { action: 'retry', ids: ['a'], filter: {} } }) },
  ],
  getBulkJob: [{ status: 200, request: job }],
  abortBulkJob: [{ status: 200, request: job }],
};
