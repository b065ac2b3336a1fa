import { fingerprintOfRun } from '../../domain/fingerprint.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { DeadEntry, Listings } from '../../ports.ts';

/** Read at once, from the index alone: some 100 bytes each. */
const MAX_DEATHS_READ = 50_000;
/** Died before deaths were given a fingerprint, so that they have to be read themselves. */
const MAX_OLD_RUNS_READ = 1_000;

export type Death = DeadEntry & { fingerprint: string };

/** The dead letters of a queue with their fingerprints, the newest first; `complete`: there are no others. */
export async function readDeaths(
  { listings }: { listings: Listings },
  { tenant, queue, closed }: { tenant: string; queue: string; closed: boolean },
): Promise<{ deaths: Death[]; complete: boolean }> {
  const list = closed ? { tenant, closed } : { tenant, queue };
  const read = await listings.deaths({ ...list, limit: MAX_DEATHS_READ });
  const { complete } = read;
  const entries = read.entries.filter((entry) => entry.queue === queue);
  const old = entries.filter(({ fingerprint }) => fingerprint === undefined);
  const runs = await listings.readExecutions(old.slice(0, MAX_OLD_RUNS_READ));
  const found = new Map(runs.map((run) => [executionId(run), fingerprintOfRun(run)]));
  const deaths = entries.flatMap((entry) => {
    const fingerprint = entry.fingerprint ?? found.get(executionId(entry));
    return fingerprint === undefined ? [] : [{ ...entry, fingerprint }];
  });
  return {
    deaths: deaths.sort((a, b) => b.at - a.at),
    complete: complete && old.length <= MAX_OLD_RUNS_READ,
  };
}
