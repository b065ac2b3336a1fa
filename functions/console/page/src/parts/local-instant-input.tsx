import { Text, TextInput, type TextInputProps } from '@mantine/core';

interface Props extends Omit<TextInputProps, 'value' | 'onChange' | 'type'> {
  /** ISO 8601. */
  value: string | undefined;
  onChange(iso: string | undefined): void;
}

/** An instant in the time of whoever types it; the browser brings the calendar. */
export function LocalInstantInput({ value, onChange, ...rest }: Props) {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      value={value === undefined ? '' : toLocal(value)}
      onChange={({ currentTarget }) => onChange(toIso(currentTarget.value))}
      {...rest}
    />
  );
}

/** The same among filters, where its name stands within it. */
export function InstantFilter({ label, word, ...rest }: Props & { label: string; word: string }) {
  return (
    <LocalInstantInput
      aria-label={label}
      title={label}
      leftSection={<Text size="xs">{word}</Text>}
      leftSectionWidth={WORD_PX}
      w={FILTER_PX}
      {...rest}
    />
  );
}
const WORD_PX = 44;
const FILTER_PX = 240;

const two = (number: number): string => String(number).padStart(2, '0');

/** `2026-11-21T10:00:00` as the clock on the wall here shows it; empty for what is no instant. */
function toLocal(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const date = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function toIso(local: string): string | undefined {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
