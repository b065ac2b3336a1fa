import type { Command } from '@commander-js/extra-typings';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Schedule, TaskInput } from '../client.ts';
import { misused } from './failure.ts';
import type { Io } from './io.ts';
import { collected, instant, json, seconds } from './words.ts';

/** A schedule, said by options. */
export const withSchedule = <A extends unknown[]>(command: Command<A>) =>
  command
    .option('--cron <expression>', 'such as "0 9 * * 1-5"; may be given several times', collected)
    .option('--every <duration>', 'such as 30s, 5m, 1h', seconds)
    .option('--rrule <rule>', 'of RFC 5545, such as FREQ=MONTHLY;BYDAY=-1FR')
    .option('--at <instant>', 'once, such as 2026-12-24T18:00:00Z', instant)
    .option('--in <duration>', 'once, after this long', seconds)
    .option('--now', 'once, at once')
    .option('--timezone <name>', 'of cron and rrule, such as Europe/Paris')
    .option('--start-at <instant>', 'first instant', instant)
    .option('--end-at <instant>', 'end, exclusive', instant);

export interface ScheduleOptions {
  cron?: string[] | undefined;
  every?: number | undefined;
  rrule?: string | undefined;
  at?: string | undefined;
  in?: number | undefined;
  now?: true | undefined;
  timezone?: string | undefined;
  startAt?: string | undefined;
  endAt?: string | undefined;
}

const KINDS = ['cron', 'every', 'rrule', 'at', 'in', 'now'] as const;

/** undefined when no option speaks of one. What does not go together is left to the API, which says so by field. */
export function scheduleOf(options: ScheduleOptions): Schedule | undefined {
  const { cron, every, rrule, at, timezone, startAt, endAt } = options;
  const named = KINDS.filter((kind) => options[kind] !== undefined);
  const rest = {
    ...(timezone ? { timezone } : {}),
    ...(startAt ? { startAt } : {}),
    ...(endAt ? { endAt } : {}),
  };
  if (named.length > 1) throw misused(`Say one of ${named.map((kind) => `--${kind}`).join(', ')}`);
  if (named.length === 0) {
    if (Object.keys(rest).length === 0) return undefined;
    throw misused(`Say when: one of ${KINDS.map((kind) => `--${kind}`).join(', ')}`);
  }
  if (cron) return { kind: 'cron', expressions: cron, ...rest };
  if (every !== undefined) return { kind: 'interval', seconds: every, ...rest };
  if (rrule !== undefined) return { kind: 'rrule', rule: rrule, ...rest };
  if (at !== undefined) return { kind: 'once', at, ...rest };
  if (options.in !== undefined) return { kind: 'once', delaySeconds: options.in, ...rest };
  return { kind: 'now', ...rest };
}

/** The fields of a task that are said most often; a file can say all. */
export const withTask = <A extends unknown[]>(command: Command<A>) =>
  withSchedule(
    command
      .option(
        '-f, --file <path>',
        'the task as YAML or JSON, - for standard input; the other options win over it',
      )
      .option('--name <text>', 'for people')
      .option('--description <text>', 'what it is for')
      .option('--handler <name>', 'what runs: escapement handlers')
      .option('--payload <json>', 'what it gets')
      .option('--queue <name>', 'where it runs: escapement queues list; default when absent')
      .option('--tag <tag>', 'may be given several times', collected)
      .option('--timeout <duration>', 'of one attempt', seconds)
      .option('--overlap <policy>', 'forbid, queue or allow'),
  );

export interface TaskOptions extends ScheduleOptions {
  file?: string | undefined;
  name?: string | undefined;
  description?: string | undefined;
  handler?: string | undefined;
  payload?: string | undefined;
  queue?: string | undefined;
  tag?: string[] | undefined;
  timeout?: number | undefined;
  overlap?: string | undefined;
}

/** The API checks it, and says all that is wrong by field. */
export async function taskOf(io: Io, options: TaskOptions): Promise<TaskInput> {
  const { file, name, description, handler, payload, queue, tag, timeout, overlap } = options;
  const schedule = scheduleOf(options);
  const said = Object.entries({
    name,
    description,
    handler,
    payload: payload === undefined ? undefined : json(payload),
    queue,
    tags: tag,
    timeoutSeconds: timeout,
    overlap,
    schedule,
  }).filter(([, value]) => value !== undefined);
  if (file === undefined && said.length === 0)
    throw misused('Say what the task is: -f <file>, or --name, --handler and when, such as --every 5m');
  const read = file === undefined ? {} : await objectFrom(io, file);
  return { ...read, ...Object.fromEntries(said) } as TaskInput;
}

export async function objectFrom(io: Pick<Io, 'read'>, path: string): Promise<Record<string, unknown>> {
  const text = await io.read(path).catch((error: unknown) => {
    throw misused(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  });
  let value: unknown;
  try {
    value = parseYaml(text); // JSON is YAML
  } catch (error) {
    throw misused(`${path} is not YAML: ${error instanceof Error ? error.message : error}`);
  }
  const object = z.record(z.string(), z.unknown()).safeParse(value);
  if (!object.success) throw misused(`${path} must hold an object`);
  return object.data;
}
