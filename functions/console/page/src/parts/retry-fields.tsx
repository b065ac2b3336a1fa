import { Group, NumberInput, Select, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Task } from '../../../../../shared/client/client.ts';
import { MAX_RETRY_DELAY_SECONDS, MAX_RETRY_LIMIT } from '../../../../../shared/domain/limits.ts';
import { retryTable } from '../../../../../shared/domain/retry-policy.ts';
import { secondsText } from './instant-text.ts';

type Policy = Task['retry'];
type Field = 'strategy' | 'limit' | 'baseSeconds' | 'maxSeconds' | 'jitter';

interface Props {
  value: Policy;
  onChange(value: Policy): void;
  errorOf?: (field: Field) => ReactNode;
}

export const STRATEGIES = [
  { value: 'exponential', label: 'Exponential: twice as long each time' },
  { value: 'linear', label: 'Linear: longer by the base each time' },
  { value: 'fixed', label: 'Fixed: always the base' },
] as const;
const JITTERS = [
  { value: 'none', label: 'None' },
  { value: 'equal', label: 'Equal: half of it at random' },
  { value: 'full', label: 'Full: all of it at random' },
] as const;
const SHOWN_DELAYS = 12;

/** How failed attempts are tried again, and when that would be. */
export function RetryFields({ value, onChange, errorOf = () => undefined }: Props) {
  const number = (field: 'limit' | 'baseSeconds' | 'maxSeconds', label: string, max: number) => (
    <NumberInput
      label={label}
      value={value[field]}
      onChange={(typed) => typeof typed === 'number' && onChange({ ...value, [field]: typed })}
      min={field === 'limit' ? 0 : 1}
      max={max}
      allowDecimal={false}
      error={errorOf(field)}
      flex={1}
      miw={90}
    />
  );
  return (
    <>
      <Select
        label="Strategy"
        data={[...STRATEGIES]}
        value={value.strategy}
        onChange={(strategy) => strategy && onChange({ ...value, strategy })}
        allowDeselect={false}
        error={errorOf('strategy')}
        comboboxProps={{ withinPortal: false }}
      />
      <Group gap="xs" align="flex-end">
        {number('limit', 'Retries', MAX_RETRY_LIMIT)}
        {number('baseSeconds', 'Base, s', MAX_RETRY_DELAY_SECONDS)}
        {number('maxSeconds', 'At most, s', MAX_RETRY_DELAY_SECONDS)}
      </Group>
      <Select
        label="Jitter"
        data={[...JITTERS]}
        value={value.jitter}
        onChange={(jitter) => jitter && onChange({ ...value, jitter })}
        allowDeselect={false}
        error={errorOf('jitter')}
        comboboxProps={{ withinPortal: false }}
      />
      <Text size="sm" data-numbers>
        {delaysInWords(value)}
      </Text>
    </>
  );
}

/** `Tried again after 10 s, 20 s, 40 s` */
function delaysInWords(policy: Policy): string {
  if (policy.limit === 0) return 'Never tried again.';
  const delays = retryTable(policy);
  const shown = delays.slice(0, SHOWN_DELAYS).map(secondsText).join(', ');
  const rest = delays.length > SHOWN_DELAYS ? `, … (${delays.length} times)` : '';
  const total = secondsText(delays.reduce((sum, delay) => sum + delay, 0));
  return `Tried again after ${policy.jitter === 'none' ? '' : 'at most '}${shown}${rest}; it gives up after ${total} of waiting.`;
}

/** `5 × exponential from 10 s` */
export const retryInWords = ({ strategy, limit, baseSeconds }: Policy): string =>
  limit === 0 ? 'none' : `${limit} × ${strategy} from ${secondsText(baseSeconds)}`;
