import * as z from 'zod';
import type { Histogram } from '../../domain/histogram.ts';
import { jsonOrUndefined } from '../../domain/json.ts';
import { END_KINDS, type RunEnd } from '../../domain/run-end.ts';
import type { Summary } from '../../domain/summary.ts';

/**
 * What statistics look like in the table: arrays without names, for each write bills by the KB. A batch of ten ends is
 * one write unit, a summary of few tasks one or two.
 */
const End = z.tuple([z.enum(END_KINDS), z.int().nullable(), z.int().nullable()]);
const Ends = z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.array(End)]))]));

function read<T extends z.ZodType>(schema: T, json: string): z.infer<T> {
  const parsed = schema.safeParse(jsonOrUndefined(json));
  if (parsed.success) return parsed.data;
  throw new Error(`damaged statistics: ${z.prettifyError(parsed.error).slice(0, 200)}`);
}

/** Tenant → task → what ended: kind, duration, lateness. In pairs, for an id may be a word that objects know. */
export function encodeEnds(ends: readonly RunEnd[]): string {
  const tree: z.infer<typeof Ends> = [...Map.groupBy(ends, ({ tenant }) => tenant)].map(([tenant, its]) => [
    tenant,
    [...Map.groupBy(its, ({ taskId }) => taskId)].map(([taskId, of]) => [
      taskId,
      of.map(({ kind, durationMs = null, latenessMs = null }) => [kind, durationMs, latenessMs]),
    ]),
  ]);
  return JSON.stringify(tree);
}

export const decodeEnds = (json: string): RunEnd[] =>
  read(Ends, json).flatMap(([tenant, tasks]) =>
    tasks.flatMap(([taskId, ends]) =>
      ends.map(([kind, durationMs, latenessMs]) => ({
        tenant,
        taskId,
        kind,
        ...(durationMs === null ? {} : { durationMs }),
        ...(latenessMs === null ? {} : { latenessMs }),
      })),
    ),
  );

const HistogramTuple = z.tuple([z.number(), z.number(), z.number(), z.array(z.int())]);
const SummaryTuple = z.tuple([
  z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.int()]),
  HistogramTuple,
  HistogramTuple,
  z.array(z.tuple([z.string(), z.int(), z.int(), z.number(), z.number()])),
]);

export function encodeSummary({ counts, duration, lateness, tasks }: Summary): string {
  const { success, dead, cancelled, skipped, failed, late } = counts;
  const tuple: z.infer<typeof SummaryTuple> = [
    [success, dead, cancelled, skipped, failed, late],
    encodeHistogram(duration),
    encodeHistogram(lateness),
    tasks.map((task) => [task.taskId, task.runs, task.failures, task.maxDurationMs, task.maxLatenessMs]),
  ];
  return JSON.stringify(tuple);
}

export function decodeSummary(json: string): Summary {
  const [[success, dead, cancelled, skipped, failed, late], duration, lateness, tasks] = read(
    SummaryTuple,
    json,
  );
  return {
    counts: { success, dead, cancelled, skipped, failed, late },
    duration: decodeHistogram(duration),
    lateness: decodeHistogram(lateness),
    tasks: tasks.map(([taskId, runs, failures, maxDurationMs, maxLatenessMs]) => ({
      taskId,
      runs,
      failures,
      maxDurationMs,
      maxLatenessMs,
    })),
  };
}

/** Buckets as the distance from the one before, and how many: neighbours are near. */
function encodeHistogram({ count, sumMs, maxMs, buckets }: Histogram): z.infer<typeof HistogramTuple> {
  let before = 0;
  const flat = buckets.flatMap(([bucket, of]) => {
    const step = bucket - before;
    before = bucket;
    return [step, of];
  });
  return [count, sumMs, maxMs, flat];
}

function decodeHistogram([count, sumMs, maxMs, flat]: z.infer<typeof HistogramTuple>): Histogram {
  const buckets: [number, number][] = [];
  let bucket = 0;
  for (let at = 0; at + 1 < flat.length; at += 2) {
    bucket += flat[at] ?? 0;
    buckets.push([bucket, flat[at + 1] ?? 0]);
  }
  return { count, sumMs, maxMs, buckets };
}
