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

function Confirmation(props: Omit<Question, 'title'> & { onCancel(): void }) {
  const [text, setText] = useState('');
  const blocked = props.typed !== undefined && text !== props.typed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!blocked) props.onConfirm();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{props.children}</Text>
        {props.typed !== undefined && (
          <TextInput
            label={`Type ${props.typed} to confirm`}
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
          <Button type="submit" color="red" disabled={blocked}>
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
