/** The part of SchedulerProps that is about events: those that the scheduler tells, and those that it acts on. */

export interface EventsProps {
  /**
   * Tell what becomes of runs and tasks, on a bus named as the deployment.
   * @default true
   */
  enabled?: boolean;
  /**
   * Tell of every run that ends well, too: one event, and a request for it, a run.
   * @default false
   */
  success?: boolean;
  /**
   * A queue `<name>-inbox` through which others create and trigger tasks. Whoever may send to it may do what an
   * operator may. Lambda's polling is about 650,000 requests a month, of which a million are free.
   * @default - true where there are rules
   */
  inbox?: boolean;
  /**
   * Events that trigger a task, by a name of the rule: `[a-z][a-z0-9-]{0,31}`.
   * @default - none
   */
  rules?: Readonly<Record<string, EventRuleProps>>;
}

export interface EventRuleProps {
  /**
   * Name or ARN of the event bus.
   * @default 'default'
   */
  bus?: string;
  /**
   * Which events, as EventBridge takes it: `{ "source": ["shop"], "detail-type": ["order.placed"] }`.
   * @default - required
   */
  pattern: Readonly<Record<string, unknown>>;
  /**
   * Id of the task.
   * @default - required
   */
  trigger: string;
  /**
   * Payload of the run: the event's `detail`, the whole `event`, or an object with templates over it:
   * `{ "order": "{{ event.detail.orderId }}" }`.
   * @default - the task's own
   */
  payload?: 'event' | 'detail' | Readonly<Record<string, unknown>>;
  /**
   * Seconds from the event to the run.
   * @default 0
   */
  delaySeconds?: number;
}
