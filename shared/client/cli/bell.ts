import type { Client } from '../client.ts';

/** Resolves when a run has changed since the last time it was asked; never where the deployment does not tell. */
export type Bell = () => Promise<void>;

export function makeBell(client: Pick<Client, 'events'>, signal: AbortSignal): Bell {
  let hasRung = false;
  let heard = () => {};
  async function listen(): Promise<void> {
    for await (const { type } of (await client.events({ signal })) ?? []) {
      if (type !== 'run.changed') continue;
      hasRung = true;
      heard();
    }
  }
  // It only makes others look sooner, so it matters to nobody why it is silent.
  listen().catch(() => {});
  return async () => {
    if (!hasRung)
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    hasRung = false;
  };
}
