import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Watched } from './alarm-table.ts';
import { Alarms } from './alarms.ts';
import { makeDashboard } from './dashboard.ts';

export interface ObservabilityProps {
  config: Config;
  watched: Omit<Watched, 'deployment' | 'canary'>;
  deadLetterQueues: Readonly<Record<string, string>>;
}

/** Alarms and dashboard of one deployment, as far as its settings want them. */
export class Observability extends Construct {
  readonly alarms: readonly Alarm[];
  /** Where the alarms are told. */
  readonly alarmTopic: ITopic | undefined;

  constructor(scope: Construct, id: string, { config, deadLetterQueues, ...props }: ObservabilityProps) {
    super(scope, id);
    const watched = { ...props.watched, deployment: config.name, canary: config.canary };
    const told = config.alarms.enabled
      ? new Alarms(this, 'Alarms', { watched, config: config.alarms })
      : undefined;
    this.alarms = told?.alarms ?? [];
    this.alarmTopic = told?.topic;
    if (config.dashboard) {
      makeDashboard(this, 'Dashboard', { watched, deadLetterQueues, alarms: this.alarms });
    }
  }
}
