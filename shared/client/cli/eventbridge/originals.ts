import type {
  CreateScheduleInput,
  GetScheduleOutput,
  SchedulerClient,
  SchedulerServiceException,
} from '@aws-sdk/client-scheduler';
import { bounded } from '../bounded.ts';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { UNIT_SECONDS } from './expression.ts';
import { nextBeat } from './schedule-of.ts';

/** The service allows tens of requests a second, of all who use the account together. */
const AT_ONCE = 4;
const MAX_ATTEMPTS = 10;

/** The schedules of an account, in full. The SDK is loaded when somebody imports and not before: it is slow to load. */
export interface Originals {
  /** Of all groups unless one is named. */
  read(filter: { group?: string | undefined; prefix?: string | undefined }): Promise<GetScheduleOutput[]>;
  /** undefined when there is none. */
  find(group: string, name: string): Promise<GetScheduleOutput | undefined>;
  create(schedule: CreateScheduleInput): Promise<void>;
  /** Replaces all of it; fails when somebody else changed it since it was read. */
  update(read: GetScheduleOutput, change: Partial<CreateScheduleInput>): Promise<void>;
}

export async function openOriginals(region: string | undefined): Promise<Originals> {
  const sdk = await import('@aws-sdk/client-scheduler');
  const client: SchedulerClient = new sdk.SchedulerClient({
    ...(region === undefined ? {} : { region }),
    // Slows down by itself when it is throttled.
    retryMode: 'adaptive',
    maxAttempts: MAX_ATTEMPTS,
  });
  const find = async (GroupName: string | undefined, Name: string | undefined) => {
    try {
      return await client.send(new sdk.GetScheduleCommand({ Name, GroupName }));
    } catch (error) {
      if (error instanceof sdk.ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  return {
    read: ({ group, prefix }) =>
      told('list schedules', async () => {
        const found = [];
        const query = { GroupName: group, NamePrefix: prefix };
        for await (const page of sdk.paginateListSchedules({ client }, query))
          found.push(...(page.Schedules ?? []));
        // One that is deleted meanwhile is none.
        const read = await bounded(found, AT_ONCE, ({ Name, GroupName }) => find(GroupName, Name));
        return read.filter((schedule) => schedule !== undefined);
      }),
    find: (group, name) => told(`read ${group}/${name}`, () => find(group, name)),
    create: (schedule) =>
      told(`create ${schedule.GroupName}/${schedule.Name}`, async () => {
        await client.send(new sdk.CreateScheduleCommand(schedule));
      }),
    update: (read, change) =>
      told(`change ${read.GroupName}/${read.Name}`, async () => {
        const now = await find(read.GroupName, read.Name);
        if (now?.LastModificationDate?.getTime() !== read.LastModificationDate?.getTime())
          throw new Failure(
            'somebody else changed the schedule meanwhile; once more takes that into account',
          );
        await client.send(
          new sdk.UpdateScheduleCommand(withFreshStart({ ...whole(read), ...change }, Date.now())),
        );
      }),
  };
}

/** An update replaces the whole schedule, so it says all of it again. */
function whole(read: GetScheduleOutput): CreateScheduleInput {
  const { Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } = read;
  const { Description, KmsKeyArn, Target, FlexibleTimeWindow, ActionAfterCompletion, State } = read;
  const same = { Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate, State };
  return { ...same, Description, KmsKeyArn, Target, FlexibleTimeWindow, ActionAfterCompletion };
}

/** What begins in the past is refused, though it began: a rate begins at its next beat, all else is as well without. */
function withFreshStart(schedule: CreateScheduleInput, nowMs: number): CreateScheduleInput {
  const { StartDate: start, ScheduleExpression: expression = '', ...rest } = schedule;
  if (start === undefined || start.getTime() > nowMs) return schedule;
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)/.exec(expression) ?? [];
  const beat =
    count === undefined
      ? undefined
      : nextBeat(start.toISOString(), Number(count) * (UNIT_SECONDS[unit] ?? 1), nowMs);
  return { ...rest, ScheduleExpression: expression, ...(beat ? { StartDate: beat } : {}) };
}

const SERVER_FAULT = 500;
const HINTS: Record<string, string> = {
  CredentialsProviderError: 'No AWS credentials: aws configure, or AWS_PROFILE, or AWS_ACCESS_KEY_ID …',
  AccessDeniedException:
    'Needed are scheduler:ListSchedules and GetSchedule; UpdateSchedule and iam:PassRole to disable; CreateSchedule to export.',
};

/** What AWS answers, in words of what was asked of it. */
async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    const { name, message, $metadata } = error as Partial<SchedulerServiceException> & Error;
    const hint = /region is missing/i.test(message)
      ? 'Name the region: --region or AWS_REGION.'
      : HINTS[name];
    const lines = [`Cannot ${what}: ${message || name} (${name})`, ...(hint ? [hint] : [])];
    throw new Failure(lines.join('\n'), exitCodeOf($metadata?.httpStatusCode, hint));
  }
}

/** Refused by AWS, or never asked, for want of what the user has to say first; else there was no answer. */
function exitCodeOf(status: number | undefined, hint: string | undefined): ExitCode {
  if (status !== undefined) return status >= SERVER_FAULT ? EXIT.unavailable : EXIT.refused;
  return hint === undefined ? EXIT.unavailable : EXIT.usage;
}
