import { Text, Tooltip } from '@mantine/core';
import { useNow } from '../data/now.ts';
import { usePreferences } from '../shell/preferences.tsx';
import { fromNow, inZone, LOCAL_ZONE, zoneFor } from './instant-text.ts';

/** An instant as people say it, with the exact one in each zone that matters on hover and on focus. */
export function Instant({
  at,
  zone,
  exact = false,
}: {
  at: string | null | undefined;
  zone?: string | undefined;
  exact?: boolean;
}) {
  const { timeDisplay } = usePreferences();
  const nowMs = useNow();
  if (!at)
    return (
      <Text span c="dimmed" inherit>
        —
      </Text>
    );
  const zones = [...new Set([zoneFor(timeDisplay, zone), ...(zone ? [zone] : []), LOCAL_ZONE, 'UTC'])];
  const label = (
    <>
      {zones.map((name) => (
        <div key={name}>{inZone(at, name)}</div>
      ))}
      <div>{at}</div>
    </>
  );
  return (
    <Tooltip label={label} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is shown on hover can be reached by keyboard as well */}
      <time dateTime={at} tabIndex={0} style={exact ? undefined : { whiteSpace: 'nowrap' }}>
        {exact ? inZone(at, zoneFor(timeDisplay, zone)) : fromNow(at, nowMs)}
      </time>
    </Tooltip>
  );
}
