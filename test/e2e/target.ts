import { inject, test } from 'vitest';
import { openApi } from '../support/api-client.ts';
import { type ApiWorld, openWorld } from '../support/api-world.ts';
import type { Target } from './global-setup.ts';

/** The one place that says what the tests run against. */
export const target = reachable(inject('target'));
export const api = openApi(target);

/** Each test gets a world of its own, whose tasks are gone when it ends. */
export const it = test.extend<{ world: ApiWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: the form that vitest asks for
  world: async ({}, use) => {
    const world = openWorld(api);
    await use(world);
    await world.cleanUp();
  },
});

export const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
export const ms = (instant: string | null | undefined): number => Date.parse(instant ?? '');

function reachable(provided: ReturnType<typeof inject<'target'>>): Target {
  if ('broken' in provided) throw new Error(`there is nothing to test: ${provided.broken}`);
  return provided;
}
