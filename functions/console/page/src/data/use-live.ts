import { useDocumentVisibility, useThrottledCallback } from '@mantine/hooks';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { LiveEvent } from '../../../../../shared/client/client.ts';
import { useClient } from '../session/session-context.tsx';
import { LIVE_MS } from './query-client.ts';

/** Many changes at once are one reason to read anew. */
const TOGETHER_MS = 500;

/**
 * Has what is under `key` read anew as it changes, while it is wanted and somebody looks: as the deployment tells of
 * changes, and where it tells of none, again and again. Gives the time between two readings, in ms.
 */
export function useLive(
  key: QueryKey,
  { wanted = true, concerns }: { wanted?: boolean; concerns(event: LiveEvent): boolean },
): number | false {
  const client = useClient();
  const queries = useQueryClient();
  const isSeen = useDocumentVisibility() === 'visible';
  const [isTold, setIsTold] = useState(false);
  const follow = wanted && isSeen;
  const changed = useThrottledCallback((event: LiveEvent) => {
    if (concerns(event)) void queries.invalidateQueries({ queryKey: key });
  }, TOGETHER_MS);
  useEffect(() => {
    if (!follow) return;
    const controller = new AbortController();
    const listen = async () => {
      const events = await client.events({ signal: controller.signal });
      setIsTold(events !== undefined);
      for await (const event of events ?? []) changed(event);
    };
    // A stream that ends or cannot be had leaves reading again and again; what it refuses, the lists refuse as well.
    void listen()
      .catch(() => {})
      .finally(() => setIsTold(false));
    return () => controller.abort();
  }, [client, follow, changed]);
  return follow && !isTold ? LIVE_MS : false;
}
