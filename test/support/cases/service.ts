import type { Cases } from './case.ts';
import { TASK } from './tasks.ts';

export const serviceCases: Cases = {
  followChanges: [{ status: 204, request: () => ({}) }],
  previewSchedule: [{ status: 200, request: () => ({ body: { schedule: TASK.schedule, count: 2 } }) }],
  listAudit: [{ status: 200, request: () => ({ query: { limit: '2' } }) }],
  getStats: [{ status: 200, request: () => ({ query: { interval: 'hour' } }) }],
  getMetrics: [{ status: 200, request: () => ({}) }],
  listHandlers: [{ status: 200, request: () => ({}) }],
  getHealth: [{ status: 200, request: () => ({}) }],
  getOpenApi: [{ status: 200, request: () => ({}) }],
  getDocs: [{ status: 200, request: () => ({}) }],
  getMe: [{ status: 200, request: () => ({}) }],
};
