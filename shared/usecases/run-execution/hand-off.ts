import { hashOf, makeToken, tokenGiven } from '../../domain/hand-off.ts';
import type { Claim, ExecutorDeps } from './context.ts';

/**
 * The token of an attempt that hands its run off, made when the handler asks for it, and known to the table before the
 * handler knows it: its holder may answer sooner than the handler ends. One for the whole attempt, however often asked.
 */
export function tokenGiver(deps: ExecutorDeps, { run, owner }: Claim): () => Promise<string> {
  let given: Promise<string> | undefined;
  const give = async (): Promise<string> => {
    const token = makeToken(run.tenant, deps.ids.nonce());
    const tokenHash = hashOf(token);
    const written = await deps.executions.update(run, tokenGiven(run, owner, tokenHash));
    const known = written.ok || written.existing?.handOffs?.some((one) => one.tokenHash === tokenHash);
    if (!known) throw new Error('the run is not ours any more: it was declared lost');
    return token;
  };
  return () => {
    given ??= give().catch((error: unknown) => {
      given = undefined;
      throw error;
    });
    return given;
  };
}
