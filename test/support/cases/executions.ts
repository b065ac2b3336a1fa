import type { CaseRequest, Cases, CaseWorld } from './case.ts';
import { standing } from './tasks.ts';

/** A run that waits for an hour. */
async function waiting(world: CaseWorld): Promise<CaseRequest> {
  const { params = {} } = await standing(world);
  const { id } = await world.must('triggerTask', { params, body: { delaySeconds: 3600 } });
  return { params: { id } };
}

const dead = async (world: CaseWorld): Promise<CaseRequest> => ({ params: { id: await world.deadRun() } });

const held =
  (more: object) =>
  async (world: CaseWorld): Promise<CaseRequest> => {
    const { id, token } = await world.handedOff();
    return { params: { id }, body: { token, ...more } };
  };

/** The holder has said already how it ended. */
const over =
  (more: object) =>
  async (world: CaseWorld): Promise<CaseRequest> => {
    const { id, token } = await world.handedOff();
    await world.must('completeExecution', { params: { id }, body: { token, result: 1 } });
    return { params: { id }, body: { token, ...more } };
  };

const error = { type: 'Busy', message: 'no' };

export const executionCases: Cases = {
  listExecutions: [{ status: 200, request: () => ({ query: { limit: '2', status: 'queued,dead' } }) }],
  getExecution: [{ status: 200, request: waiting }],
  getExecutionPayload: [{ status: 200, request: waiting }],
  explainExecution: [
    { status: 200, request: waiting },
    { status: 200, request: dead },
  ],
  cancelExecution: [
    { status: 202, request: waiting },
    { status: 409, request: dead },
  ],
  retryExecution: [
    { status: 202, request: dead },
    { status: 409, request: waiting },
  ],
  completeExecution: [
    { status: 200, request: held({ result: { rows: 7 } }) },
    { status: 409, request: over({ result: 2 }) },
  ],
  failExecution: [
    { status: 200, request: held({ error }) },
    { status: 409, request: over({ error }) },
  ],
  heartbeatExecution: [
    { status: 200, request: held({ progress: { percent: 5 } }) },
    { status: 409, request: over({}) },
  ],
};
