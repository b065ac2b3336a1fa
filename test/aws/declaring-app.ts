import { App } from 'aws-cdk-lib';
import { assertSettings, settingsFromContext } from '../../infra/config.ts';
import { ScheduledTask, type TaskInput } from '../../infra/scheduled-task.ts';
import { EscapementStack } from '../../infra/stack.ts';

/** As infra/app.ts, with tasks that stand in the app: those of the context `tasks`, by their ids. */
const app = new App();
const settings = settingsFromContext(app.node);
assertSettings(settings);
const stack = new EscapementStack(app, settings);
const tasks: Record<string, TaskInput> = JSON.parse(app.node.getContext('tasks'));
for (const [id, task] of Object.entries(tasks))
  new ScheduledTask(stack, id, { scheduler: stack.scheduler, id, task });
app.synth();
