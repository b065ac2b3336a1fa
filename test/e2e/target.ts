import { inject, test } from 'vitest';
import { openApi } from '../support/api-client.ts';
import { type ApiWorld, openWorld } from '../support/api-world.ts';

/** The one place that says what the portable tests run against. */
export const target = inject('target');
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
