import { beatHandOff, completeRun, failRun } from '../../../shared/usecases/manage-runs/hand-off.ts';
import type { ApiCall } from '../world.ts';
import type { Person } from './person.ts';

/** Those outside who have the token of a run that was handed off. */
export class TokenHolders {
  readonly #person: Person;
  readonly #tokens: { id: string; token: string }[] = [];

  readonly #areQuiet: boolean;

  constructor(person: Person, areQuiet: boolean) {
    this.#person = person;
    this.#areQuiet = areQuiet;
  }

  /** Says how it ended, or never. */
  hold(id: string, token: string, seconds: number): void {
    const { faults, kernel } = this.#person.world;
    this.#tokens.push({ id, token });
    const fate = faults.between(`token ${id}`, 0, 9);
    if (fate === 0) return;
    if (this.#areQuiet && fate < 7) {
      const lateMs = seconds * 1_000 + faults.between(`token ${id}`, 10_000, 200_000);
      if (fate < 4) kernel.after(lateMs, () => this.#say(fate < 3 ? 'complete' : 'fail', id, token));
      return;
    }
    const afterMs = faults.between(`token ${id}`, 100, seconds * 1_100);
    if (fate < 4) kernel.after(afterMs / 2, () => this.#say('beat', id, token));
    kernel.after(afterMs, () =>
      this.#say(fate < 7 ? 'complete' : fate === 9 ? 'give up' : 'fail', id, token),
    );
  }

  /** Whoever got a token of this task last says something, more often that its work goes on. */
  speak(task: string, choice: number): void {
    const held = this.#tokens.findLast(({ id }) => id.startsWith(`${task}~`)) ?? this.#tokens.at(-1);
    if (held) this.#say(choice < 0.7 ? 'beat' : choice < 0.85 ? 'complete' : 'fail', held.id, held.token);
  }

  #say(what: 'beat' | 'complete' | 'fail' | 'give up', id: string, token: string): void {
    const request = 'token';
    const ask = <T>(call: ApiCall<T>) => this.#person.ask(`${what} ${id}`, call);
    const error = { type: 'Outside', message: 'no', nonRetryable: what === 'give up' };
    if (what !== 'beat') this.#person.tellOver(id);
    if (what === 'beat') ask((deps) => beatHandOff(deps, id, { token }));
    else if (what === 'complete') ask((deps) => completeRun(deps, id, { token, result: 1 }, request));
    else ask((deps) => failRun(deps, id, { token, error }, request));
  }
}
