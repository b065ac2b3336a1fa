import { bulkCases } from './bulk.ts';
import type { Cases } from './case.ts';
import { executionCases } from './executions.ts';
import { queueCases } from './queues.ts';
import { serviceCases } from './service.ts';
import { taskCases } from './tasks.ts';
import { tenancyCases } from './tenancy.ts';

/** Whoever adds an operation adds its cases: the tests fail until then. */
export const cases: Cases = {
  ...taskCases,
  ...executionCases,
  ...bulkCases,
  ...queueCases,
  ...tenancyCases,
  ...serviceCases,
};
