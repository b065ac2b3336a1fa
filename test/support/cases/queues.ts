import type { CaseRequest, Cases, CaseWorld } from './case.ts';

const params = { name: 'low' };

const letters = async (world: CaseWorld): Promise<CaseRequest> => ({
  params: { name: 'high' },
  body: { ids: [await world.deadRun()] },
});
const purge = () => ({ params, body: { confirm: 'low' } });

export const queueCases: Cases = {
  listQueues: [{ status: 200, request: () => ({}) }],
  getQueue: [{ status: 200, request: () => ({ params }) }],
  patchQueue: [{ status: 200, request: () => ({ params, body: { timeoutSeconds: null } }) }],
  listDeadLetters: [
    {
      status: 200,
      async request(world) {
        await world.deadRun();
        return { params: { name: 'high' }, query: { limit: '1' } };
      },
    },
  ],
  listDeadLetterGroups: [
    {
      status: 200,
      async request(world) {
        await world.deadRun();
        return { params: { name: 'high' }, query: { limit: '1' } };
      },
    },
  ],
  listIgnoredFingerprints: [
    {
      status: 200,
      async request(world) {
        const body = { fingerprint: '90fcd913c260a01f', note: 'known' };
        await world.must('ignoreDeadLetters', { params: { name: 'high' }, body });
        return { params: { name: 'high' } };
      },
    },
  ],
  getRedriveCanary: [
    {
      status: 200,
      async request(world) {
        const body = { ids: [await world.deadRun()], canary: true };
        const { canary } = await world.must('redriveDeadLetters', { params: { name: 'high' }, body });
        return { params: { name: 'high', canaryId: canary.id } };
      },
    },
  ],
  resolveDeadLetters: [{ status: 200, request: letters }],
  ignoreDeadLetters: [{ status: 200, request: letters }],
  reopenDeadLetters: [{ status: 200, request: letters }],
  redriveDeadLetters: [{ status: 200, request: letters }],
  redriveDeadLettersOfQueue: [{ status: 200, request: letters }],
  purgeDeadLetters: [{ status: 200, request: purge }],
  purgeDeadLettersOfQueue: [{ status: 200, request: purge }],
};
