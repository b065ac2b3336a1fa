import { SQSClient } from '@aws-sdk/client-sqs';
import { openSqsEngine, type QueueIdentity, type SqsEngine } from '../../infra/local/sqs/engine.ts';

export interface QueueOptions {
  visibilityTimeoutSeconds?: number;
  delaySeconds?: number;
  /** ARN of an existing queue. */
  deadLetterTargetArn?: string;
  /** Needs deadLetterTargetArn. */
  maxReceiveCount?: number;
  /** Anything else, as SQS names it. */
  attributes?: Record<string, string>;
}
export interface EmbeddedSqs {
  client: SQSClient;
  engine: SqsEngine;
  createQueue(name: string, options?: QueueOptions): QueueIdentity;
  close(): Promise<void>;
}

/** The real SQS client on an embedded engine of its own, without a socket. */
export async function embeddedSqsClient(options?: Parameters<typeof openSqsEngine>[0]): Promise<EmbeddedSqs> {
  const engine = await openSqsEngine(options);
  const client = sqsClientOf(engine);
  return {
    client,
    engine,
    createQueue(name, queue = {}) {
      return engine.createQueue(name, {
        ...(queue.visibilityTimeoutSeconds === undefined
          ? {}
          : { VisibilityTimeout: String(queue.visibilityTimeoutSeconds) }),
        ...(queue.delaySeconds === undefined ? {} : { DelaySeconds: String(queue.delaySeconds) }),
        ...(queue.deadLetterTargetArn === undefined
          ? {}
          : {
              RedrivePolicy: JSON.stringify({
                deadLetterTargetArn: queue.deadLetterTargetArn,
                maxReceiveCount: queue.maxReceiveCount ?? 3,
              }),
            }),
        ...queue.attributes,
      });
    },
    async close() {
      await engine.close();
      client.destroy();
    },
  };
}

export function sqsClientOf(engine: SqsEngine): SQSClient {
  return new SQSClient({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: {
      async handle(
        request: { headers: Record<string, string>; body?: string | Uint8Array },
        { abortSignal }: { abortSignal?: unknown } = {},
      ) {
        const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
        const input: unknown = JSON.parse(text(request.body));
        const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined;
        const { statusCode, headers, body } = await engine.call(action, input, { signal });
        return { response: { statusCode, headers, body: Buffer.from(body) } };
      },
    },
  });
}

function text(body: string | Uint8Array = '{}'): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}
