import { afterEach, describe, expect, it, vi } from 'vitest';
import { adminVerifier, tokenVerifier } from '../../shared/usecases/authenticate.ts';
import { hashOf } from '../../shared/usecases/credentials/hash.ts';
import { makeMemoryWorld } from '../support/memory-world.ts';

const compared = vi.hoisted(() => ({ lengths: [] as number[][] }));
vi.mock(import('node:crypto'), async (original) => {
  const crypto = await original();
  return {
    ...crypto,
    timingSafeEqual: (a, b) => {
      compared.lengths.push([a.byteLength, b.byteLength]);
      return crypto.timingSafeEqual(a, b);
    },
  };
});
afterEach(() => compared.lengths.splice(0));

const ID = '01JD0000000000000000000000';
const OTHER = '01JD0000000000000000000001';

describe('a guess', () => {
  async function makeWorld() {
    const world = makeMemoryWorld();
    await world.tokens.insert({
      id: ID,
      tenant: 'root',
      role: 'viewer',
      hash: hashOf('right'),
      createdAt: 0,
      createdBy: 'test',
    });
    return tokenVerifier(world);
  }

  it('of a token takes one comparison in constant time, whether there is such a token or not', async () => {
    const verify = await makeWorld();
    for (const guess of [
      `esc_${ID}_wrong`,
      `esc_${OTHER}_wrong`,
      `esc_${OTHER}_right`,
      `esc_${ID}_${'x'.repeat(5_000)}`,
    ])
      expect(await verify(guess)).toBeUndefined();
    expect(compared.lengths).toEqual([0, 1, 2, 3].map(() => [64, 64]));
    expect(await verify(`esc_${ID}_right`)).toMatchObject({ role: 'viewer' });
  });

  it('of the administrator’s token says nothing by its length or its beginning', async () => {
    const verify = adminVerifier(async () => ({ id: 'admin', token: 'esc_admin_secret' }));
    for (const guess of ['e', 'esc_admin_secre', 'esc_admin_secret_', 'x'.repeat(5_000)])
      expect(await verify(guess)).toBeUndefined();
    expect(compared.lengths).toEqual([0, 1, 2, 3].map(() => [64, 64]));
  });
});
