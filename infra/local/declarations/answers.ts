import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import * as z from 'zod';
import { jsonOrUndefined } from '../../../shared/domain/json.ts';
import { closeServer, listen, readBody } from '../http/server.ts';

/** Where custom resources leave their answers: in AWS a file of CloudFormation's, here an address on loopback. */
export interface Answers {
  /** One for each request; nobody can guess it. */
  newUrl(): string;
  /** undefined when there is none, or none that CloudFormation would take. */
  at(url: string): Answer | undefined;
  close(): Promise<void>;
}

const AnswerSchema = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().min(1).max(1_024),
});
export type Answer = z.infer<typeof AnswerSchema>;

/** CloudFormation's. */
const MAX_BYTES = 4_096;

export async function openAnswers(): Promise<Answers> {
  const received = new Map<string, Answer | undefined>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await readBody(request, MAX_BYTES).catch(() => undefined);
    const isTaken = request.method === 'PUT' && received.has(path) && body !== undefined;
    if (isTaken) received.set(path, AnswerSchema.safeParse(jsonOrUndefined(body.toString())).data);
    response.writeHead(isTaken ? 200 : 403).end();
  });
  const origin = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
  return {
    newUrl() {
      const path = `/${randomUUID()}`;
      received.set(path, undefined);
      return origin + path;
    },
    at: (url) => received.get(url.slice(origin.length)),
    close() {
      server.closeAllConnections();
      return closeServer(server);
    },
  };
}
