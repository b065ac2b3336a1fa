import { QueryClient } from '@tanstack/react-query';

/** The client retries by itself, as Retry-After says; a second round of retries would only hide errors for longer. */
export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 2_000, refetchOnWindowFocus: true } },
});

/** How often a page that shows what happens right now asks again; never while its tab is hidden. */
export const LIVE_MS = 3_000;
