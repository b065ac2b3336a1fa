/** By the first word of a path after the version. */
export const TAGS: Readonly<Record<string, string>> = {
  tasks: 'What is to run, when, and by which rules.',
  executions: 'Runs of tasks: what happened, and what is to happen next.',
  bulk: 'One action on many tasks or executions.',
  schedules: 'Schedules before anything is made of them.',
  queues: 'Where runs wait for a worker, and the dead letters of runs that gave up.',
  calendars: 'Days on which nothing is to run.',
  variables: 'Values that the tasks of a tenant share.',
  handlers: 'The code that tasks run.',
  tenants: 'Who shares a deployment without seeing each other; for admins of root.',
  tokens: 'Credentials for people and programs.',
  audit: 'Who changed what, and how it was before and after.',
  events: 'What changes, as it changes.',
  health: 'Whether it works.',
  'openapi.json': 'This description.',
  docs: 'This description as a page.',
};
