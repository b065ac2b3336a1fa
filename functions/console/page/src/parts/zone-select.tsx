import { Select, type SelectProps } from '@mantine/core';
import { LOCAL_ZONE } from './instant-text.ts';

/** UTC and the zone of whoever chooses stand first. */
const ZONES = [...new Set(['UTC', LOCAL_ZONE, ...Intl.supportedValuesOf('timeZone')])];
const SHOWN = 60;

/** A zone of the IANA database, found by typing. */
export function ZoneSelect({ value, ...rest }: Omit<SelectProps<string>, 'data' | 'searchable' | 'limit'>) {
  const data = value && !ZONES.includes(value) ? [value, ...ZONES] : ZONES;
  return (
    <Select
      data={data}
      value={value ?? null}
      searchable
      limit={SHOWN}
      nothingFoundMessage="No such zone"
      {...rest}
    />
  );
}
