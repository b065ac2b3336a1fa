import { makeMemoryWorld } from '../support/memory-world.ts';
import { controlContract } from './control.contract.ts';
import { indexContract } from './index.contract.ts';
import { type OpenStoreWorld, storeContract } from './store.contract.ts';

const openStores: OpenStoreWorld = async () => {
  const world = makeMemoryWorld();
  return { ...world, nowMs: world.clock.nowMs };
};

storeContract('memory', openStores);
controlContract('memory', openStores);
indexContract('memory', openStores);
