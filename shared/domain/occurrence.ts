import type { ExecutionKey } from './execution.ts';
import { type EpochMs, toIso } from './time.ts';

const DIGITS = 15;
const SCHEDULED = /^\d{15}$/;
const MANUAL = /^(\d{15})#m#([0-9A-HJKMNP-TV-Z]{26})$/;
const EXECUTION_ID = /^([A-Za-z0-9][A-Za-z0-9._-]{0,127})~(\d{15})(?:~([0-9A-HJKMNP-TV-Z]{26}))?$/;

export const padMs = (at: EpochMs): string => String(at).padStart(DIGITS, '0');

export const scheduledOccurrence = (at: EpochMs): string => padMs(at);
export const manualOccurrence = (at: EpochMs, ulid: string): string => `${padMs(at)}#m#${ulid}`;
export const isManual = (occurrence: string): boolean => MANUAL.test(occurrence);
export const isOccurrence = (text: string): boolean => SCHEDULED.test(text) || MANUAL.test(text);
/** The due instant that both forms begin with. */
export const dueAtOf = (occurrence: string): EpochMs => Number(occurrence.slice(0, DIGITS));

/** The overlap pointer of a run; values never recur, so comparing them is free of ABA. */
export const runPointer = (occurrence: string, epoch: number): string => `${occurrence}@${epoch}`;
export const parseRunPointer = (pointer: string): { occurrence: string; epoch: number } => {
  const at = pointer.lastIndexOf('@');
  return { occurrence: pointer.slice(0, at), epoch: Number(pointer.slice(at + 1)) };
};

/** Public id: opaque to users, reversible by us, so that no look-up item is needed. Tenant stays outside. */
export const executionId = (key: Omit<ExecutionKey, 'tenant'>): string =>
  `${key.taskId}~${key.occurrence.replace('#m#', '~')}`;

export const parseExecutionId = (id: string): Omit<ExecutionKey, 'tenant'> | undefined => {
  const match = EXECUTION_ID.exec(id);
  if (!match?.[1] || !match[2]) return undefined;
  return { taskId: match[1], occurrence: match[3] ? `${match[2]}#m#${match[3]}` : match[2] };
};

/** What handlers pass on to others: one per occurrence, the same for every attempt. */
export const idempotencyKey = (key: Omit<ExecutionKey, 'tenant'>): string => {
  const manual = MANUAL.exec(key.occurrence);
  return manual ? `${key.taskId}/manual-${manual[2]}` : `${key.taskId}/${toIso(dueAtOf(key.occurrence))}`;
};
