import type { LiveEvent } from '../contract/live.ts';
import { ProblemError, problemOf } from './problem-error.ts';
import type { CallOptions, OpenStream } from './transport.ts';

const NO_CONTENT = 204;

/** Undefined where the deployment sends none. They end with the connection; what happened since is not told again. */
export async function openEvents(
  open: OpenStream,
  call: CallOptions = {},
): Promise<AsyncIterable<LiveEvent> | undefined> {
  const response = await open({
    method: 'GET',
    path: '/v1/events',
    headers: { accept: 'text/event-stream' },
    ...call,
  });
  if (!response.ok) {
    const problem: unknown = await response.json().catch(() => undefined);
    throw new ProblemError(problemOf(response.status, problem));
  }
  if (response.status === NO_CONTENT || !response.body) return undefined;
  return eventsIn(response.body);
}

/** Our own events are a line of each kind; comments are signs of life. */
async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<LiveEvent, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunksOf(body)) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const type = /^event: (.+)$/m.exec(block)?.[1];
      const data = /^data: (.+)$/m.exec(block)?.[1];
      // Typed by the schema that the server writes by; newer kinds come as they are.
      if (type !== undefined && data !== undefined) yield { type, ...JSON.parse(data) } as LiveEvent;
    }
  }
}

/** Not every runtime can iterate a stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
