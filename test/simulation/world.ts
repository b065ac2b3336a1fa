import type { SQSEvent } from 'aws-lambda';
import { DEFAULT_QUEUE } from '../../shared/domain/task.ts';
import { SimulatedDynamo } from './aws/dynamodb.ts';
import { SimulatedSqs } from './aws/sqs.ts';
import {
  type Adapters,
  adaptersOf,
  type Cloud,
  DISPATCH_URL,
  INBOX_URL,
  MAX_RECEIVES,
  TARGETS,
} from './deps.ts';
import { Faults } from './faults.ts';
import { makeDispatch, makeExecutor, makeInboxHandler, makeSweeper, makeTick } from './functions.ts';
import { type Behaviour, type HandlerWatch, makeHandlers } from './handlers.ts';
import { Kernel } from './kernel.ts';
import { feed, SimulatedLambda } from './lambda.ts';
import type { Wire } from './network.ts';
import { hashText, Prng } from './prng.ts';

/** 21 November 2026, 9:00 UTC. */
export const T0 = Date.UTC(2026, 10, 21, 9, 0, 0);
const MINUTE_MS = 60_000;

export type ApiCall<T> = (deps: Adapters) => Promise<T>;
export type Answer<T> =
  | { kind: 'done'; value: T }
  | { kind: 'refused'; error: unknown }
  | { kind: 'unknown' };

export interface WorldOptions {
  seed: number;
  only?: ReadonlySet<string> | undefined;
  /** Keeps what happened as text. */
  keepTrace?: boolean | undefined;
  /** What ends is counted. */
  counts: boolean;
  watch: HandlerWatch;
  behaviourOf(taskId: string): Behaviour;
  handedOff(id: string, token: string, seconds: number): void;
  raced(request: string, heldUpMs: number): void;
}

/** The whole deployment of the scheduler in simulated time. */
export function makeWorld(options: WorldOptions) {
  const { seed, keepTrace } = options;
  const kernel = new Kernel(T0);
  const faults = new Faults(seed, () => kernel.nowMs, options.only);
  const lines: string[] = [];
  let hash = hashText(String(seed));
  const wire: Wire = {
    kernel,
    faults,
    trace(line) {
      const text = `${kernel.nowMs - T0} ${line()}`;
      hash = hashText(text, hash);
      if (keepTrace) lines.push(text);
    },
    race: options.raced,
  };
  const lagMs = () =>
    faults.happens('staleIndex') ? faults.between('stale ms', 200, 45_000) : faults.between('lag ms', 0, 40);
  const dynamo = new SimulatedDynamo(() => kernel.nowMs, lagMs);
  const sqs = new SimulatedSqs(
    () => kernel.nowMs,
    () => faults.happens('refusedEntry'),
  );
  const told: { type: string; id: string }[] = [];
  const cloud: Cloud = {
    wire,
    dynamo,
    sqs,
    outages: new Map(),
    random: new Prng(seed ^ 0x1d5),
    counts: options.counts,
    told: (type, id) => told.push({ type, id }),
  };

  const tick = new SimulatedLambda(wire, 'tick', 30_000, (process) => makeTick(adaptersOf(cloud, process)));
  const sweeper = new SimulatedLambda(wire, 'sweeper', 60_000, (process) =>
    makeSweeper(adaptersOf(cloud, process)),
  );
  const dispatch = new SimulatedLambda(wire, 'dispatch', 60_000, (process) => {
    const handle = makeDispatch(adaptersOf(cloud, process));
    // What `feed` makes is as much of an event as the function looks at.
    return (event, context) => handle(event as SQSEvent, context);
  });
  const api = new SimulatedLambda(wire, 'api', 29_000, (process) => {
    const deps = adaptersOf(cloud, process);
    return async (call) => {
      const answer = await (call as ApiCall<unknown>)(deps);
      await deps.ends.flush();
      return answer;
    };
  });

  const dispatchQueue = sqs.create({
    url: DISPATCH_URL,
    visibilityMs: 360_000,
    maxReceiveCount: MAX_RECEIVES,
  });
  feed(wire, sqs, dispatchQueue, dispatch, { workers: 2, batchSize: 1 });
  const inbox = new SimulatedLambda(wire, 'inbox', 30_000, (process) => {
    const handle = makeInboxHandler(adaptersOf(cloud, process));
    return (event) => handle(event);
  });
  const refused = sqs.create({ url: `${INBOX_URL}-dlq`, visibilityMs: 30_000, maxReceiveCount: 1_000 });
  const inboxQueue = sqs.create({
    url: INBOX_URL,
    visibilityMs: 180_000,
    maxReceiveCount: MAX_RECEIVES,
    deadLetters: refused,
  });
  feed(wire, sqs, inboxQueue, inbox, { workers: 2, batchSize: 5 });
  for (const [name, { url, dlqUrl, maxReceiveCount }] of Object.entries(TARGETS)) {
    const deadLetters = sqs.create({ url: dlqUrl, visibilityMs: 30_000, maxReceiveCount: 1_000 });
    const queue = sqs.create({ url, visibilityMs: 5_400_000, maxReceiveCount, deadLetters });
    const executor = new SimulatedLambda(wire, `executor-${name}`, 900_000, (process) => {
      const adapters = adaptersOf(cloud, process);
      const handlers = makeHandlers({ ...wire, ...options }, process);
      const handle = makeExecutor({
        executor: { ...adapters, handlers },
        visibility: adapters.visibilityOf(name),
        queue: name,
        maxReceiveCount,
        ends: adapters.ends,
      });
      return (event, context) => handle(event as SQSEvent, context);
    });
    feed(wire, sqs, queue, executor, { workers: name === DEFAULT_QUEUE ? 4 : 2, batchSize: 5 });
  }

  /** Two clocks call the tick each minute, one the sweeper; each may be late, doubled, or not come. */
  const call = (lambda: SimulatedLambda, atMs: number): void => {
    if (faults.happens('missedTick')) return;
    const late = faults.happens('lateTick') ? faults.between('late ms', 1_000, 50_000) : 0;
    const times = faults.happens('doubleTick') ? 2 : 1;
    for (let n = 0; n < times; n++)
      kernel.at(atMs + late + faults.between('tick ms', 0, 900), () => lambda.invoke({}, () => {}));
  };
  const minute = (atMs: number): void => {
    call(tick, atMs);
    call(tick, atMs + 200);
    call(sweeper, atMs + 100);
    kernel.at(atMs + MINUTE_MS, () => minute(atMs + MINUTE_MS));
  };
  minute(T0);

  return {
    kernel,
    faults,
    dynamo,
    sqs,
    told,
    lines,
    trace: wire.trace,
    hash: () => hash,
    /** A message of the inbox that nobody is done with. */
    unread: () => inboxQueue.messages.find(({ gone }) => !gone)?.body,
    /** What the inbox refused, or failed at too often. */
    refused: () => refused,
    tick: () => tick.invoke({}, () => {}),
    sweep: () => sweeper.invoke({}, () => {}),
    /** The runbook after a loss of messages. */
    restore(): void {
      for (const lambda of [tick, sweeper]) lambda.invoke({ restore: true }, () => {});
    },
    /** As a person's request: done, refused, or no answer at all. */
    request<T>(what: string, work: ApiCall<T>, answered: (answer: Answer<T>) => void): void {
      let refusal: { error: unknown } | undefined;
      const call: ApiCall<T | undefined> = (deps) =>
        work(deps).catch((error: unknown) => {
          refusal = { error };
          return undefined;
        });
      wire.trace(() => `somebody asks: ${what}`);
      api.invoke(call, (ended) => {
        const answer: Answer<T> = !ended.ok
          ? { kind: 'unknown' }
          : refusal
            ? { kind: 'refused', error: refusal.error }
            : // What the call resolves with, and nothing else, comes out of it.
              { kind: 'done', value: ended.value as T };
        wire.trace(() => `answered: ${what}: ${answer.kind}${refusal ? ` ${refusal.error}` : ''}`);
        answered(answer);
      });
    },
  };
}
export type World = ReturnType<typeof makeWorld>;
