import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import * as z from 'zod';
import type { Log } from '../shared/ports.ts';
import { authenticate, type Verifier } from '../shared/usecases/authenticate.ts';

/** Header names reach us in lower case over HTTP API, but not from everywhere. */
const AuthorizerEvent = z.object({
  headers: z
    .record(z.string(), z.string().optional())
    .default({})
    .transform((headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ),
});

export interface Answer {
  isAuthorized: true;
  context: Record<string, string>;
}

/**
 * Only names the caller and lets everybody pass: the API itself refuses, because only so does a refusal come in
 * the format of its other errors. Whatever is not said here counts as not authenticated there.
 */
export const makeAuthorizer =
  ({ verifiers, log }: { verifiers: readonly Verifier[]; log: Log }) =>
  async (event: Pick<APIGatewayRequestAuthorizerEventV2, 'headers'>): Promise<Answer> => {
    const { data } = AuthorizerEvent.safeParse(event);
    try {
      const principal = await authenticate(verifiers, data?.headers.authorization);
      if (!principal) return answer({ authenticated: 'false' });
      const { tenant, role, actor } = principal;
      return answer({ authenticated: 'true', tenant, role, actor });
    } catch (error) {
      log.error('credentials cannot be checked', {}, error);
      return answer({ authenticated: 'false', unavailable: 'true' });
    }
  };

const answer = (context: Record<string, string>): Answer => ({ isAuthorized: true, context });
