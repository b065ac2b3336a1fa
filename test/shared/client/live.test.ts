import { describe, expect, it } from 'vitest';
import { createClient, type LiveEvent, ProblemError } from '../../../shared/client/client.ts';

const streaming = (chunks: readonly string[], init: ResponseInit = {}) => {
  const asked: Headers[] = [];
  const client = createClient({
    url: 'https://jobs.example',
    token: 'esc_secret',
    fetch: async (_url, options) => {
      asked.push(new Headers(options?.headers));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
          controller.close();
        },
      });
      return new Response(init.status === 204 ? null : body, init);
    },
  });
  return { client, asked };
};

describe('live changes', () => {
  it('are read whatever pieces they come in, and end with the connection', async () => {
    const { client, asked } = streaming([
      'retry: 1000\n\nevent: task.cha',
      'nged\ndata: {"taskId":"a","status":"paused"}\n\n: still here\n\nevent: queue.changed\ndata: {}\n',
      '\n',
      'event: run.changed\ndata: {"taskId"',
    ]);
    const told: LiveEvent[] = [];
    for await (const event of (await client.events()) ?? []) told.push(event);
    expect(told).toEqual([
      { type: 'task.changed', taskId: 'a', status: 'paused' },
      { type: 'queue.changed' },
    ]);
    expect(asked[0]?.get('accept')).toBe('text/event-stream');
    expect(asked[0]?.get('authorization')).toBe('Bearer esc_secret');
  });

  it('are none where the deployment has no stream', async () => {
    expect(await streaming([], { status: 204 }).client.events()).toBeUndefined();
  });

  it('are refused as everything else is', async () => {
    const problem = {
      code: 'unauthenticated',
      detail: 'no',
      status: 401,
      title: 't',
      type: 'u',
      requestId: '',
    };
    const { client } = streaming([JSON.stringify(problem)], { status: 401 });
    const error = await client.events().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 401, code: 'unauthenticated' });
  });
});
