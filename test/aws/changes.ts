import type { Settings } from './cdk.ts';

/** What the second deployment lays over the configuration of the first. */
export const CHANGES: Settings = { shards: 8, 'queues.mail': { workers: 2 } };
