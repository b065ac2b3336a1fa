import * as z from 'zod';
import type { Written } from '../aws/dynamodb.ts';
import type { LiveHandler } from '../handlers.ts';
import type { Definitions } from './definitions.ts';
import { map, must, text } from './records.ts';

/** The only condition of the workload: true of payloads that people have edited, or not, to be so. */
export const STOP_WHEN = 'payload.n < 0.5';
const Payload = z.object({ n: z.number() });
/** What the workload fills in. */
export const TEMPLATE = {
  task: '{{ task.id }}',
  previous: '{{ previous.status }}',
  text: 'after {{ previous.status }}',
};
const Filled = z.object({ task: z.string(), previous: z.string().nullable(), text: z.string() });

/** A success bears whether the condition of its task holds, asked of its own payload. */
export function checkCondition({ pk, sk, before, after }: Written, definitions: Definitions): void {
  if (text(before, 'status') !== 'running' || text(after, 'status') !== 'success') return;
  if (text(after, 'stopErr') !== undefined) return;
  const told = text(after, 'tally') === 'holds';
  const problem = definitions.problem(pk, (definition) => {
    const asks = text(map(definition, 'stop'), 'when') === STOP_WHEN;
    const payload = text(after, 'payload') ?? text(definition, 'payload') ?? '{}';
    const { success, data } = Payload.safeParse(JSON.parse(payload));
    const holds = asks && success && data.n < 0.5;
    return holds === told
      ? undefined
      : `its condition ${holds ? 'holds' : 'does not hold'}, and is said to be otherwise`;
  });
  must(problem === undefined, 'C1 each end counts once', () => `${pk} ${sk}: ${problem}`);
}

/** What handlers are given, as its author meant it. */
export function checkFilledIn({ request }: LiveHandler): void {
  const { success, data } = Filled.safeParse(request.payload);
  if (!success) return;
  const { taskId, id } = request.execution;
  const isRight = data.task === taskId && data.text === `after ${data.previous ?? ''}`;
  must(isRight, 'P1 payloads are filled in', () => `${id}: ${JSON.stringify(data)}`);
}
