import type { GetScheduleOutput, SchedulerClient } from '@aws-sdk/client-scheduler';
import { bounded } from '../bounded.ts';

/** The service allows tens of reads a second. */
const AT_ONCE = 4;

/** The schedules of an account, in full. The SDK is loaded when somebody imports and not before: it is slow to load. */
export interface Originals {
  read(filter: { group?: string | undefined; prefix?: string | undefined }): Promise<GetScheduleOutput[]>;
  disable(schedule: GetScheduleOutput): Promise<void>;
}

export async function openOriginals(region: string | undefined): Promise<Originals> {
  const sdk = await import('@aws-sdk/client-scheduler');
  const client: SchedulerClient = new sdk.SchedulerClient(region === undefined ? {} : { region });
  return {
    async read({ group, prefix }) {
      const found = [];
      const query = { GroupName: group, NamePrefix: prefix };
      for await (const page of sdk.paginateListSchedules({ client }, query))
        found.push(...(page.Schedules ?? []));
      return bounded(found, AT_ONCE, ({ Name, GroupName }) =>
        client.send(new sdk.GetScheduleCommand({ Name, GroupName })),
      );
    },
    /** An update replaces the whole schedule, so it says all of it again. */
    async disable(schedule) {
      const { Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } =
        schedule;
      const { Description, KmsKeyArn, Target, FlexibleTimeWindow, ActionAfterCompletion } = schedule;
      const same = { Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate };
      const rest = { Description, KmsKeyArn, Target, FlexibleTimeWindow, ActionAfterCompletion };
      await client.send(new sdk.UpdateScheduleCommand({ ...same, ...rest, State: 'DISABLED' }));
    },
  };
}
