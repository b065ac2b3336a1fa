import { JsonInput, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { LocalInstantInput } from '../../parts/local-instant-input.tsx';
import { readJson } from '../../parts/read-json.ts';
import { useField } from './editor-context.tsx';

/** Inputs that are bound to a field of the draft. An empty one takes its field out, so that its default holds. */
interface Props {
  path: string;
  label: string;
  description?: string;
  required?: boolean;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

export function TextField({ path, long = false, ...rest }: Props & { placeholder?: string; long?: boolean }) {
  const { value, set, error } = useField(path);
  const Input = long ? Textarea : TextInput;
  return (
    <Input
      value={asText(value)}
      onChange={({ currentTarget }) =>
        set(currentTarget.value === '' && !rest.required ? undefined : currentTarget.value)
      }
      error={error}
      {...rest}
    />
  );
}

export function NumberField({ path, ...rest }: Props & { min?: number; max?: number; suffix?: string }) {
  const { value, set, error } = useField(path);
  return (
    <NumberInput
      value={typeof value === 'number' ? value : ''}
      onChange={(typed) => set(typed === '' ? undefined : typed)}
      allowDecimal={false}
      clampBehavior="none"
      error={error}
      {...rest}
    />
  );
}

interface ChoiceProps extends Props {
  data: { value: string; label: string }[];
  placeholder?: string;
  /** Where the choice changes more than its own field. */
  onChoose?(chosen: string): void;
}

export function ChoiceField({ path, data, onChoose, ...rest }: ChoiceProps) {
  const { value, set, error } = useField(path);
  return (
    <Select
      data={data}
      value={asText(value) || null}
      onChange={(chosen) => (chosen && onChoose ? onChoose(chosen) : set(chosen ?? undefined))}
      allowDeselect={!rest.required}
      searchable={data.length > 8}
      clearable={!rest.required}
      error={error}
      {...rest}
    />
  );
}

export function SwitchField({ path, ...rest }: Props) {
  const { value, set, error } = useField(path);
  return (
    <Switch
      checked={value === true}
      onChange={({ currentTarget }) => set(currentTarget.checked || undefined)}
      error={error}
      {...rest}
    />
  );
}

export function TextsField({ path, ...rest }: Props & { placeholder?: string }) {
  const { value, set, error } = useField(path);
  return (
    <TagsInput
      value={texts(value)}
      onChange={(all) => set(all.length === 0 ? undefined : all)}
      error={error}
      {...rest}
    />
  );
}

/** One a line, each of which may hold blanks and commas. */
export function LinesField({ path, ...rest }: Props & { placeholder?: string }) {
  const { value, set, error } = useField(path);
  return (
    <Textarea
      value={texts(value).join('\n')}
      onChange={({ currentTarget }) => set(currentTarget.value.split('\n'))}
      error={error?.replaceAll(/\[(\d+)\]: /g, (_, at: string) => `line ${Number(at) + 1}: `)}
      autosize
      minRows={1}
      styles={MONOSPACE}
      {...rest}
    />
  );
}

export function InstantField({ path, ...rest }: Props) {
  const { value, set, error } = useField(path);
  return (
    <LocalInstantInput
      value={typeof value === 'string' ? value : undefined}
      onChange={set}
      error={error}
      {...rest}
    />
  );
}

/** Any JSON; what is no JSON yet stays in the field alone. */
export function JsonField({ path, ...rest }: Props & { minRows?: number }) {
  const { value, set, error } = useField(path);
  const stands = value === undefined ? '' : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState({ text: stands, value: stands });
  // Changed elsewhere: the JSON beside the form.
  const text = typed.value === stands ? typed.text : stands;
  const read = readJson(text);
  const change = (next: string) => {
    const parsed = next.trim() === '' ? undefined : readJson(next);
    const becomes = parsed === undefined ? undefined : parsed.ok ? parsed.value : value;
    setTyped({ text: next, value: becomes === undefined ? '' : JSON.stringify(becomes, null, 2) });
    set(becomes);
  };
  return (
    <JsonInput
      value={text}
      onChange={change}
      error={text.trim() !== '' && !read.ok ? read.message : error}
      maxRows={24}
      {...rest}
    />
  );
}

const MONOSPACE = { input: { fontFamily: 'var(--mantine-font-family-monospace)' } };
