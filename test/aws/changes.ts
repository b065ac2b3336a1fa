import type { Settings } from './cdk.ts';

/** What the second deployment lays over the configuration of the first. */
export const CHANGES: Settings = { shards: 8, 'queues.mail': { workers: 2 } };

/** The deployment beside it. Its name begins with the name of the first: whoever matches by beginnings confuses them. */
export const beside = (name: string): Settings & { name: string } => ({
  name: `${name}-x`,
  'data.onDelete': 'destroy',
});
