import type { Clock } from '../../ports.ts';
import type { Senders } from './target-runner.ts';

const USER_AGENT = 'escapement';

/** The real ones. */
export function makeSenders(q: {
  clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  /** Of the key that signs webhooks; empty where no host is allowed. */
  signingSecretArn: string;
}): Senders {
  return {
    http: once(async () => {
      const [{ makeHttpTarget }, { makeTargetSecrets }] = await Promise.all([
        import('./http-target.ts'),
        import('./target-secret.ts'),
      ]);
      const { clock, signingSecretArn } = q;
      return makeHttpTarget({
        clock,
        secrets: makeTargetSecrets(clock),
        signingSecretArn,
        userAgent: USER_AGENT,
      });
    }),
    lambda: once(async () => (await import('./lambda-target.ts')).makeLambdaTarget()),
    sqs: once(async () => (await import('./sqs-target.ts')).makeSqsTarget()),
    sns: once(async () => (await import('./sns-target.ts')).makeSnsTarget()),
    eventbridge: once(async () => (await import('./eventbridge-target.ts')).makeEventBridgeTarget()),
    stepFunctions: once(async () => (await import('./step-functions-target.ts')).makeStepFunctionsTarget()),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
