const KEPT_MS = 10 * 60_000;

/**
 * Client tokens of finished transactions: the same token within ten minutes is answered without writing again.
 * Kept in memory only: after a restart a repeated request is decided by its own conditions.
 */
export class TransactionTokens {
  readonly #nowMs: () => number;
  readonly #done = new Map<string, { fingerprint: string; at: number }>();
  #uncommitted: string[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  find(token: string): string | undefined {
    this.#forgetOld();
    return this.#done.get(token)?.fingerprint;
  }

  remember(token: string, fingerprint: string): void {
    this.#done.set(token, { fingerprint, at: this.#nowMs() });
    this.#uncommitted.push(token);
  }

  /** The writes of the turn are safe, or undone together with what was remembered of them. */
  settle(committed: boolean): void {
    if (!committed) for (const token of this.#uncommitted) this.#done.delete(token);
    this.#uncommitted = [];
  }

  /** Insertion order is age order. */
  #forgetOld(): void {
    const oldest = this.#nowMs() - KEPT_MS;
    for (const [token, { at }] of this.#done) {
      if (at > oldest) return;
      this.#done.delete(token);
    }
  }
}
