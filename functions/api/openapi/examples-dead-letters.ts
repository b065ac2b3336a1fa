const T = '2026-11-21T02:00:00.000Z';
const FINGERPRINT = '90fcd913c260a01f';
const CANARY = '01KAJ3V1Q2M8W4C6Z7X9R0T5YB';

/** The report fails for once, and somebody puts it right. */
export function deadLetterExamples(executionId: string, by: string): Readonly<Record<string, unknown>> {
  const outcomes = { count: 1, items: [{ id: executionId, ok: true }], more: false, remaining: 0 };
  const said = { at: T, by, note: 'mended in release 42' };
  return {
    RedriveInput: { fingerprint: FINGERPRINT, canary: true },
    Redrive: {
      ...outcomes,
      canary: { id: CANARY, executionId, waiting: 11 },
    },
    RedriveCanary: {
      id: CANARY,
      queue: 'default',
      executionId,
      state: 'running',
      reason: null,
      total: 11,
      waiting: 11,
      at: T,
      by,
    },
    DeadLetterGroup: {
      fingerprint: FINGERPRINT,
      queue: 'default',
      count: 12,
      atLeast: false,
      firstSeenAt: '2026-11-20T02:00:09.120Z',
      lastSeenAt: T,
      tasks: 1,
      taskIds: ['nightly-report'],
      sample: {
        executionId,
        taskId: 'nightly-report',
        taskName: 'Nightly report',
        errorType: 'SmtpError',
        errorMessage: 'mailbox 4711 is full',
        pattern: 'mailbox <n> is full',
      },
      ignored: null,
    },
    IgnoredFingerprint: { fingerprint: FINGERPRINT, queue: 'default', ...said },
    DeadLetterCloseInput: { fingerprint: FINGERPRINT, note: said.note },
    DeadLetterReopenInput: { ids: [executionId] },
    DeadLetterOutcomes: outcomes,
  };
}
