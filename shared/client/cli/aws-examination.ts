import type { Finding } from './examination-parts.ts';

export interface AwsPlace {
  /** Of the deployment: setting `name`, the first part of its alarms' names. */
  name: string;
  /** In which it is; its name where none is given. */
  stack: string;
  region: string | undefined;
}

/** What AWS knows of a deployment: its alarms, and whether both clocks are enabled. The SDK is loaded when it is asked. */
export async function examineAws(place: AwsPlace): Promise<Finding[]> {
  const region = place.region === undefined ? {} : { region: place.region };
  const checks: [string, () => Promise<Finding[]>][] = [
    ['alarms', () => alarmFindings(place.name, region)],
    ['first clock', () => ruleFindings(place.stack, region)],
    ['second clock', () => scheduleFindings(place.stack, region)],
  ];
  const found = await Promise.all(
    checks.map(([what, check]) => check().catch((error) => [unseen(what, error)])),
  );
  return found.flat();
}

const unseen = (what: string, error: unknown): Finding => {
  const said = error instanceof Error ? `${error.message || error.name}` : String(error);
  return { level: 'wrong', what, message: `cannot be looked at: ${said}` };
};

type Region = { region?: string };

async function alarmFindings(name: string, region: Region): Promise<Finding[]> {
  const sdk = await import('@aws-sdk/client-cloudwatch');
  const client = new sdk.CloudWatchClient(region);
  const what = 'alarms';
  const alarms = [];
  for await (const page of sdk.paginateDescribeAlarms({ client }, { AlarmNamePrefix: `${name}-` }))
    alarms.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
  if (alarms.length === 0)
    return [
      { level: 'note', what, message: `there are none named ${name}-…: --name, --region, or they are off` },
    ];
  const ringing = alarms.filter(({ StateValue }) => StateValue === 'ALARM');
  const silenced = alarms.filter(({ ActionsEnabled }) => ActionsEnabled === false);
  const section = (alarm = '') => `docs/operations.md#${alarm.slice(name.length + 1)}`;
  return [
    ...ringing.map(
      ({ AlarmName, StateReason }): Finding => ({
        level: 'wrong',
        what: `alarm ${AlarmName}`,
        message: `${StateReason ?? 'it rings'} (${section(AlarmName)})`,
      }),
    ),
    ...silenced.map(
      ({ AlarmName }): Finding => ({
        level: 'note',
        what: `alarm ${AlarmName}`,
        message: 'its actions are disabled',
      }),
    ),
    ...(ringing.length === 0
      ? [{ level: 'ok', what, message: `none of ${alarms.length} rings` } as const]
      : []),
  ];
}

/** Descriptions that the deployment gives its clocks. */
const FIRST_CLOCK = 'First clock of the tick';
const SECOND_CLOCK = 'Second clock of the tick';

async function ruleFindings(stack: string, region: Region): Promise<Finding[]> {
  const sdk = await import('@aws-sdk/client-eventbridge');
  const client = new sdk.EventBridgeClient(region);
  const rules = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new sdk.ListRulesCommand({ NamePrefix: `${stack}-`, NextToken }));
    rules.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const clock = rules.find(({ Description }) => Description?.startsWith(FIRST_CLOCK));
  return [clockFinding('first clock', clock?.Name, clock?.State, stack)];
}

async function scheduleFindings(stack: string, region: Region): Promise<Finding[]> {
  const sdk = await import('@aws-sdk/client-scheduler');
  const client = new sdk.SchedulerClient(region);
  for await (const page of sdk.paginateListSchedules({ client }, { NamePrefix: `${stack}-` })) {
    for (const { Name, GroupName } of page.Schedules ?? []) {
      const found = await client.send(new sdk.GetScheduleCommand({ Name, GroupName }));
      if (found.Description?.startsWith(SECOND_CLOCK))
        return [clockFinding('second clock', Name, found.State, stack)];
    }
  }
  return [clockFinding('second clock', undefined, undefined, stack)];
}

function clockFinding(
  what: string,
  name: string | undefined,
  state: string | undefined,
  stack: string,
): Finding {
  if (name === undefined)
    return { level: 'note', what, message: `not found in a stack ${stack}: --stack, --region` };
  return state === 'ENABLED'
    ? { level: 'ok', what, message: 'enabled' }
    : { level: 'wrong', what, message: `${name} is ${state ?? 'not enabled'}: enable it` };
}
