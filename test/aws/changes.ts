import type { TaskInput } from '../../infra/scheduled-task.ts';
import type { Settings, Tasks } from './cdk.ts';

/** What the second deployment lays over the configuration of the first. */
export const CHANGES: Settings = { shards: 8, 'queues.mail': { workers: 2 } };

/** The deployment beside it. Its name begins with the name of the first: whoever matches by beginnings confuses them. */
export const beside = (name: string): Settings & { name: string } => ({
  name: `${name}-x`,
  'data.onDelete': 'destroy',
});

const nightly: TaskInput = {
  name: 'Nightly',
  handler: 'demo.echo',
  payload: { n: 1 },
  schedule: { kind: 'cron', expressions: ['0 0 1 1 *'] },
};
const greet: TaskInput = {
  name: 'Greet',
  handler: 'demo.echo',
  payload: { hello: 'world' },
  schedule: { kind: 'now' },
};

/** What the app of that one declares, then with a change that is refused, and then with one that is not. */
export const DECLARED = {
  first: { greet, nightly },
  refused: { nightly: { ...nightly, name: 'Refused', handler: 'nobody' } },
  changed: { nightly: { ...nightly, name: 'Changed' } },
} satisfies Record<string, Tasks>;
