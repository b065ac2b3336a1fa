import type * as z from 'zod';
import type { AuditEntryWire } from '../contract/audit.ts';
import type { BackfillInputSchema, BackfillStateWire, BackfillWire } from '../contract/backfill.ts';
import type { CalendarChangeSchema, CalendarInputSchema, CalendarSchema } from '../contract/calendar.ts';
import type { ExecutionPayloadWire, ExecutionWire } from '../contract/execution.ts';
import type { FiringsQuery, FiringsWire } from '../contract/firings.ts';
import type { LimitInUseWire } from '../contract/limits-in-use.ts';
import type { PurgeSchema, QueuePatchSchema, QueueWire } from '../contract/queue.ts';
import type { ScheduleSchema } from '../contract/schedule.ts';
import type {
  HandlerSchema,
  HealthSchema,
  MeSchema,
  PreviewSchema,
  UpcomingSchema,
} from '../contract/service.ts';
import type { StatsQuery, StatsWire } from '../contract/stats.ts';
import type { TaskInputSchema, TaskVersionWire, TaskWire } from '../contract/task.ts';
import type { TenantInputSchema, TenantSchema } from '../contract/tenant.ts';
import type { NewTokenSchema, TokenInputSchema, TokenSchema } from '../contract/token.ts';
import type { VariableSchema } from '../contract/variables.ts';
import type { ExecutionWhyWire, TaskWhyWire } from '../contract/why.ts';
import type { CallOptions } from './transport.ts';

/** What the client takes and gives back; all of it follows from the schemas of the contract. */

export type Task = TaskWire;
/** What a task is made of; everything absent gets the default of its queue. */
export type TaskInput = z.input<typeof TaskInputSchema>;
/** JSON merge patch: null takes a field back to its default. */
export type TaskPatch = { [F in keyof TaskInput]?: TaskInput[F] | null };
/** A definition that a task has, or had before. */
export type TaskVersion = TaskVersionWire;
export type Schedule = z.input<typeof ScheduleSchema>;
export type Execution = ExecutionWire;
export type ExecutionPayload = ExecutionPayloadWire;
export type ExecutionStatus = Execution['status'];
export type TaskWhy = TaskWhyWire;
export type ExecutionWhy = ExecutionWhyWire;
export type { LiveEvent } from '../contract/live.ts';
export type Queue = QueueWire;
/** What is changed while it runs; null takes a setting back to the configuration's. */
export type QueuePatch = z.input<typeof QueuePatchSchema>;
/** A cap or rate limit that runs take right now. */
export type LimitInUse = LimitInUseWire;
export type Backfill = BackfillWire;
export type BackfillInput = z.input<typeof BackfillInputSchema>;
export type BackfillState = BackfillStateWire;
export type Purge = z.infer<typeof PurgeSchema>;
/** When it will run; `nominal` only where jitter or calendars move it. */
export type Occurrences = z.infer<typeof UpcomingSchema>;
export type Preview = z.infer<typeof PreviewSchema>;
export type Handler = z.infer<typeof HandlerSchema>;
export type Me = z.infer<typeof MeSchema>;
export type Health = z.infer<typeof HealthSchema>;
export type Tenant = z.infer<typeof TenantSchema>;
export type TenantInput = z.input<typeof TenantInputSchema>;
export type Token = z.infer<typeof TokenSchema>;
export type NewToken = z.infer<typeof NewTokenSchema>;
export type TokenInput = z.input<typeof TokenInputSchema>;
export type Calendar = z.infer<typeof CalendarSchema>;
export type CalendarInput = z.input<typeof CalendarInputSchema>;
export type CalendarChange = z.infer<typeof CalendarChangeSchema>;
export type AuditEntry = AuditEntryWire;
export type Variable = z.infer<typeof VariableSchema>;

export type Stats = StatsWire;
/** Of statistics; instants are ISO 8601. */
export type StatsSpan = { [F in keyof StatsQuery]?: StatsQuery[F] | undefined };

/** Of one page of tasks; pages add up. */
export type Firings = FiringsWire;
export type FiringsFilter = { [F in keyof FiringsQuery]?: FiringsQuery[F] | undefined };

export interface PageSize {
  /** Of one page, 1 to 200. */
  limit?: number | undefined;
}
export interface TokenFilter extends PageSize {
  /** Other than one's own: for an admin of root. */
  tenant?: string | undefined;
}
export interface TaskFilter extends PageSize {
  status?: Task['status'] | readonly Task['status'][] | undefined;
  queue?: string | undefined;
  tag?: string | undefined;
  handler?: string | undefined;
  /** Of its schedule. */
  kind?: Schedule['kind'] | undefined;
  /** Part of id, name, description, handler or a tag, in upper or lower case. */
  search?: string | undefined;
}
export interface TaskExecutionFilter extends PageSize {
  status?: ExecutionStatus | readonly ExecutionStatus[] | undefined;
  /** Due at or after; ISO 8601. */
  from?: string | undefined;
  /** Due before; ISO 8601. */
  to?: string | undefined;
}
export interface ExecutionFilter extends TaskExecutionFilter {
  queue?: string | undefined;
  taskId?: string | undefined;
  tag?: string | undefined;
}

export interface AuditFilter extends PageSize {
  /** This, or what stands beneath it: `event` for everything that came in. */
  actor?: string | undefined;
  /** `task.pause`, or `task` for all that was done to tasks. */
  action?: string | undefined;
  /** `tasks/nightly-report`, or `tasks` for all of them. */
  resource?: string | undefined;
  /** At or after; ISO 8601. */
  from?: string | undefined;
  /** Before; ISO 8601. */
  to?: string | undefined;
}

export interface IdempotentOptions extends CallOptions {
  /** Made anew for each call, and kept over its retries, unless given. */
  idempotencyKey?: string;
}
export interface GuardedOptions extends CallOptions {
  /** Only if the task is at this version. */
  ifVersion?: number;
}
export interface PutOptions extends GuardedOptions {
  /** Only if there is no such task. */
  ifAbsent?: boolean;
  /** Check it and give back what would become of it, and write nothing. */
  dryRun?: boolean;
}

export interface PauseOptions extends CallOptions {
  /** Shown with the task until it is resumed. */
  reason?: string | undefined;
}
