/** The part of SchedulerProps that is about watching a deployment. */

export interface AlarmsProps {
  /** @default true */
  enabled?: boolean;
  /**
   * Who gets a mail when an alarm goes off or ends; the address has to confirm it once.
   * @default - nobody: subscribe whom you like to the topic
   */
  email?: string;
  /**
   * ARN of a topic of your own. Its policy, and that of its key, must let CloudWatch publish.
   * @default - the stack makes one, with a key
   */
  topicArn?: string;
  /**
   * Where people find the runbook: each alarm names its section behind this address.
   * @default 'docs/operations.md'
   */
  runbookUrl?: string;
  /**
   * Runs that begin later than this, measured from their due instant, raise dispatch-lag (95 of 100 begin sooner).
   * @default 30
   */
  latenessSeconds?: number;
  /**
   * Messages that wait for a worker longer than this raise queue-backlog.
   * @default 300
   */
  backlogSeconds?: number;
  /**
   * Failed attempts among all that raise failure-rate, in percent.
   * @default 50
   */
  failurePercent?: number;
  /**
   * So many attempts within five minutes are needed before their failures are a rate.
   * @default 20
   */
  failureMinimum?: number;
}

export interface StatsProps {
  /**
   * Counts what ended: one write unit for each batch of an executor.
   * @default true
   */
  enabled?: boolean;
  /**
   * Statistics by the minute are kept for this many days.
   * @default 2
   */
  minuteRetentionDays?: number;
  /**
   * By the hour.
   * @default 35
   */
  hourRetentionDays?: number;
  /**
   * By the day.
   * @default 400
   */
  dayRetentionDays?: number;
}

/** docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export type LogRetentionDays =
  | 1
  | 3
  | 5
  | 7
  | 14
  | 30
  | 60
  | 90
  | 120
  | 150
  | 180
  | 365
  | 400
  | 545
  | 731
  | 1096
  | 1827
  | 2192
  | 2557
  | 2922
  | 3288
  | 3653;
