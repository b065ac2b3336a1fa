import { runInThisContext } from 'node:vm';

export interface Declared {
  construct: string;
  id: string;
  task: unknown;
}

/** What a snippet with one ScheduledTask declares, when it runs in the constructor of a stack with a scheduler. */
export function declaredBy(snippet: string): Declared {
  const [first = '', ...body] = snippet.split('\n');
  if (first !== "import { ScheduledTask } from 'escapement';") throw new Error(`unexpected import: ${first}`);
  const scheduler = {};
  const found: Declared[] = [];
  class ScheduledTask {
    constructor(
      _stack: unknown,
      construct: string,
      props: { scheduler: unknown; id: string; task: unknown },
    ) {
      if (props.scheduler !== scheduler) throw new Error('not on the scheduler of the stack');
      found.push({ construct, id: props.id, task: props.task });
    }
  }
  runInThisContext(`(function (ScheduledTask, scheduler) {${body.join('\n')}})`)(ScheduledTask, scheduler);
  const [only] = found;
  if (!only || found.length > 1) throw new Error(`expected one task, not ${found.length}`);
  return only;
}
