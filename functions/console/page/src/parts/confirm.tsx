import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { type FormEvent, type ReactNode, useState } from 'react';

interface Question {
  title: string;
  /** What will happen, with the count. */
  children: ReactNode;
  /** Label of the button that does it: a verb. */
  confirm: string;
  /** Must be typed before: for what cannot be taken back. */
  typed?: string;
  /** Runs when it is confirmed; what it throws is shown by whoever asked. */
  onConfirm(): void;
}

/** Asks before what cannot be undone. */
export function confirmFirst({ title, onConfirm, ...rest }: Question): void {
  const id = modals.open({
    title,
    children: (
      <Confirmation
        {...rest}
        onCancel={() => modals.close(id)}
        onConfirm={() => {
          modals.close(id);
          onConfirm();
        }}
      />
    ),
  });
}

interface ConfirmationProps extends Pick<Question, 'children' | 'confirm' | 'typed' | 'onConfirm'> {
  onCancel(): void;
  /** There is nothing to do. */
  disabled?: boolean;
  busy?: boolean;
  /** Can be taken back, or does no harm. */
  isHarmless?: boolean;
}

/** The question itself, wherever it stands. */
export function Confirmation(props: ConfirmationProps) {
  const { typed, children, disabled = false, busy = false, isHarmless = false } = props;
  const [text, setText] = useState('');
  const blocked = disabled || (typed !== undefined && text !== typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!blocked) props.onConfirm();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {typeof children === 'string' ? <Text size="sm">{children}</Text> : children}
        {typed !== undefined && (
          <TextInput
            label={`Type ${typed} to confirm`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onCancel}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={blocked}
            loading={busy}
            {...(isHarmless ? { 'data-autofocus': true } : { color: 'red' })}
          >
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
