import type { Item } from '../../infra/local/dynamodb/attribute-value.ts';
import { isCode } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { putCalendar } from '../../shared/usecases/manage-calendars/change-calendar.ts';
import { abortBackfill, backfill } from '../../shared/usecases/manage-runs/backfill.ts';
import { beatHandOff, completeRun, failRun } from '../../shared/usecases/manage-runs/hand-off.ts';
import { purgeLetters } from '../../shared/usecases/manage-runs/purge.ts';
import { redriveLetters } from '../../shared/usecases/manage-runs/redrive.ts';
import { cancelRun, retryRun } from '../../shared/usecases/manage-runs/steer-run.ts';
import { triggerRun } from '../../shared/usecases/manage-runs/trigger-run.ts';
import { patchTask, replaceTask } from '../../shared/usecases/manage-tasks/edit-task.ts';
import { deleteTask, pauseTask, resumeTask } from '../../shared/usecases/manage-tasks/steer-task.ts';
import { patchQueue } from '../../shared/usecases/steer-queue.ts';
import { count, flag, isEnded, must, text } from './invariants/records.ts';
import type { Operation, PlannedTask } from './workload.ts';
import { type ApiCall, T0, type World } from './world.ts';

const ADMIN: Principal = { tenant: 'root', role: 'admin', actor: 'token:simulated' };
const AGAIN_MS = 4_000;
const DONE = 'A1 what was answered stays done';

/** What people ask of the scheduler; whatever was answered must be so from then on. */
export class Operations {
  readonly #world: World;
  readonly #tasks: Map<string, PlannedTask>;
  /** A person or the holder of its token says that a run that was handed off is over. */
  readonly #isOver: (key: string, run: Item | undefined) => void;
  readonly backfills: { task: string; id: string }[] = [];

  constructor(
    world: World,
    tasks: readonly PlannedTask[],
    isOver: (key: string, run: Item | undefined) => void,
  ) {
    this.#world = world;
    this.#isOver = isOver;
    this.#tasks = new Map(tasks.map((task) => [task.id, task]));
  }

  /** Says it until somebody answers. */
  create(task: PlannedTask): void {
    const what = `PUT ${task.id}`;
    this.#world.request(
      what,
      (deps) => replaceTask(deps, ADMIN, task.id, task.input, {}),
      (answer) => {
        if (answer.kind === 'unknown' || (answer.kind === 'refused' && isCode(answer.error, 'unavailable')))
          this.#world.kernel.after(AGAIN_MS, () => this.create(task));
        else if (answer.kind === 'refused' && isCode(answer.error, 'validation-failed'))
          // A link to a task that is not there yet, or an instant that has passed while it was said again.
          this.#world.kernel.after(AGAIN_MS, () => this.#createWithout(task));
        else if (answer.kind === 'done')
          must(
            this.#task(task.id) !== undefined,
            DONE,
            () => `${what} was answered, and there is no such task`,
          );
      },
    );
  }

  #createWithout(task: PlannedTask): void {
    const { onSuccess: _1, onFailure: _2, onDead: _3, ...input } = task.input;
    if ('onSuccess' in task.input || 'onFailure' in task.input || 'onDead' in task.input)
      this.create({ ...task, input });
  }

  carryOut({ kind, task, choice, occurrence }: Operation): unknown {
    const { sqs, kernel } = this.#world;
    const say = <T>(call: ApiCall<T>, check: (value: T) => void = () => {}) =>
      this.#world.request(`${kind} ${task}`, call, (answer) => {
        if (answer.kind === 'done') check(answer.value);
      });
    const seconds = [20, 45, 60, 90, 120, 200][Math.floor(choice * 6)] ?? 60;
    switch (kind) {
      case 'editSchedule': {
        // Later, earlier, or with the same instants and another end.
        const startAt = new Date(T0 + Math.floor(choice * 5) * 30_000).toISOString();
        const schedule = { kind: 'interval', seconds, startAt };
        return say((deps) => patchTask(deps, ADMIN, task, { schedule }, {}), this.#stands(task));
      }
      case 'editRules': {
        const overlap = choice < 0.4 ? 'forbid' : choice < 0.7 ? 'queue' : 'allow';
        const misfire = Math.floor(choice * 100) % 2 === 0 ? 'fireOnce' : 'skip';
        return say((deps) => patchTask(deps, ADMIN, task, { overlap, misfire }, {}), this.#stands(task));
      }
      case 'editPayload':
        return say(
          (deps) => patchTask(deps, ADMIN, task, { payload: { n: choice } }, {}),
          this.#stands(task),
        );
      case 'pause':
        return say((deps) => pauseTask(deps, ADMIN, task, {}), this.#stands(task));
      case 'resume':
        return say((deps) => resumeTask(deps, ADMIN, task, {}), this.#stands(task));
      case 'delete':
        return say((deps) => deleteTask(deps, ADMIN, task, {}));
      case 'recreate': {
        const planned = this.#tasks.get(task);
        return planned && this.create(planned);
      }
      case 'trigger':
        return say(
          (deps) =>
            triggerRun(
              deps,
              ADMIN,
              task,
              choice < 0.3 ? { delaySeconds: Math.floor(choice * 200) } : {},
              undefined,
            ),
          ({ run }) =>
            must(this.#run(run) !== undefined, DONE, () => `${task} was triggered, and there is no run`),
        );
      case 'cancel':
        return this.#onRun(
          { task, choice, occurrence },
          (run) => !isEnded(text(run, 'status')),
          (id) => {
            this.#tellOver(id);
            return say(
              (deps) => cancelRun(deps, ADMIN, id),
              (run) => {
                const now = this.#run(run);
                const asked =
                  flag(now, 'cancel') || isEnded(text(now, 'status')) || count(now, 'epoch') > run.epoch;
                must(asked, DONE, () => `${id} was cancelled, and is ${text(now, 'status')}`);
              },
            );
          },
        );
      case 'retry':
        return this.#onRun(
          { task, choice, occurrence },
          (run) => isEnded(text(run, 'status')) && text(run, 'status') !== 'success',
          (id) =>
            say(
              (deps) => retryRun(deps, ADMIN, id),
              (run) => {
                const epoch = count(this.#run(run), 'epoch');
                must(
                  epoch >= run.epoch && run.epoch > 0,
                  DONE,
                  () => `${id} was retried, and is in epoch ${epoch}`,
                );
              },
            ),
        );
      case 'redrive':
        return say((deps) => redriveLetters(deps, ADMIN, 'default', {}));
      case 'purge':
        return say((deps) => purgeLetters(deps, ADMIN, 'default'));
      case 'moveLetters':
        for (const name of ['default', 'other']) {
          const [from, to] = [
            sqs.queues.get(`https://sqs.invalid/${name}-dlq`),
            sqs.queues.get(`https://sqs.invalid/${name}`),
          ];
          if (from && to) for (const { body } of from.moveTo(to, kernel.nowMs)) sqs.onMove(body);
        }
        return undefined;
      case 'loseMessages':
        return sqs.queues.get(`https://sqs.invalid/${choice < 0.5 ? 'default' : 'dispatch'}`)?.purge();
      case 'backfill': {
        const [from, to] = [T0 - 600_000, T0 + Math.floor(choice * 4) * 60_000].map((ms) =>
          new Date(ms).toISOString(),
        );
        const input = {
          from: from ?? '',
          to: to ?? '',
          limit: 100,
          concurrency: 1 + Math.floor(choice * 3),
          dryRun: false,
        };
        return say(
          (deps) => backfill(deps, ADMIN, task, input),
          ({ id }) => {
            if (id !== null) this.backfills.push({ task, id });
          },
        );
      }
      case 'abortBackfill': {
        const last = this.backfills.at(-1);
        return last && say((deps) => abortBackfill(deps, ADMIN, last.task, last.id));
      }
      case 'calendar':
        return say((deps) =>
          putCalendar(
            deps,
            ADMIN,
            'days',
            { name: 'Days', dates: choice < 0.5 ? ['2026-11-21'] : ['2026-12-25'], ranges: [], weekdays: [] },
            {},
          ),
        );
      case 'pauseQueue':
        return say((deps) => patchQueue(deps, 'other', { paused: true }));
      case 'resumeQueue':
        return say((deps) => patchQueue(deps, 'other', { paused: false }));
      case 'restore':
        return this.#world.restore();
    }
  }

  /** Somebody outside has the token of a run that was handed off; says how it ended, or never. */
  holdToken(id: string, token: string, seconds: number): void {
    const { faults, kernel } = this.#world;
    this.#tokens.push({ id, token });
    const fate = faults.between(`token ${id}`, 0, 9);
    if (fate === 0) return;
    const afterMs = faults.between(`token ${id}`, 100, seconds * 1_100);
    if (fate < 4) kernel.after(afterMs / 2, () => this.#say('beat', id, token));
    kernel.after(afterMs, () =>
      this.#say(fate < 7 ? 'complete' : fate === 9 ? 'give up' : 'fail', id, token),
    );
  }
  readonly #tokens: { id: string; token: string }[] = [];

  /** Whoever got a token of this task last says something, more often that its work goes on. */
  speak(task: string, choice: number): void {
    const held = this.#tokens.findLast(({ id }) => id.startsWith(`${task}~`)) ?? this.#tokens.at(-1);
    if (held) this.#say(choice < 0.7 ? 'beat' : choice < 0.85 ? 'complete' : 'fail', held.id, held.token);
  }

  #say(what: 'beat' | 'complete' | 'fail' | 'give up', id: string, token: string): void {
    const request = 'token';
    const ask = <T>(call: ApiCall<T>) => this.#world.request(`${what} ${id}`, call, () => {});
    const error = { type: 'Outside', message: 'no', nonRetryable: what === 'give up' };
    if (what !== 'beat') this.#tellOver(id);
    if (what === 'beat') ask((deps) => beatHandOff(deps, id, { token }));
    else if (what === 'complete') ask((deps) => completeRun(deps, id, { token, result: 1 }, request));
    else ask((deps) => failRun(deps, id, { token, error }, request));
  }

  #tellOver(id: string): void {
    const [taskId = '', ...occurrence] = id.split('~');
    const [pk, sk] = [`T#root#${taskId}`, `X#${occurrence.join('#m#')}`];
    this.#isOver(`${pk} ${sk}`, this.#world.dynamo.read(pk, sk));
  }

  #task(id: string): Item | undefined {
    return this.#world.dynamo.read(`T#root#${id}`, 'T');
  }
  #run({ taskId, occurrence }: { taskId: string; occurrence: string }): Item | undefined {
    return this.#world.dynamo.read(`T#root#${taskId}`, `X#${occurrence}`);
  }

  /** What was answered is written, unless somebody has said another thing since. */
  #stands(id: string) {
    return ({ state }: { state: { version: number; status: string; generation: number } }): void => {
      const now = this.#task(id);
      const version = count(now, 'ver');
      must(
        version >= state.version,
        DONE,
        () => `${id}: version ${state.version} was answered, ${version} is stored`,
      );
      if (version === state.version && state.status === 'paused')
        must(
          text(now, 'status') === 'paused',
          DONE,
          () => `${id}: answered as paused, is ${text(now, 'status')}`,
        );
    };
  }

  #onRun(
    { task, choice, occurrence }: Pick<Operation, 'task' | 'choice' | 'occurrence'>,
    fits: (run: Item) => boolean,
    act: (id: string) => void,
  ): void {
    const runs = [...this.#world.dynamo.partition(`T#root#${task}`)].filter(
      ([sk, item]) => sk.startsWith('X#') && fits(item),
    );
    const meant = runs.find(([sk]) => sk === `X#${occurrence}`);
    const [sk] = meant ?? runs[Math.floor(choice * runs.length)] ?? [];
    if (sk !== undefined) act(`${task}~${sk.slice(2).replace('#m#', '~')}`);
  }
}
