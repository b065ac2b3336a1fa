import { TextInput, type TextInputProps } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

const TYPING_MS = 200;

interface Props extends Omit<TextInputProps, 'value' | 'onChange' | 'defaultValue'> {
  label: string;
  value: string | undefined;
  onChange(value: string | undefined): void;
}

/** Filters by what is typed, once somebody pauses to look. */
export function FilterInput({ label, value, onChange, ...rest }: Props) {
  const [typed, setTyped] = useState(value ?? '');
  const tell = useDebouncedCallback((text: string) => onChange(text.trim() || undefined), TYPING_MS);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        tell(currentTarget.value);
      }}
      {...rest}
    />
  );
}
