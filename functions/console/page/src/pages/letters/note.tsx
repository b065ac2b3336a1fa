import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { modals } from '@mantine/modals';
import { type FormEvent, useState } from 'react';

interface NoteQuestion {
  title: string;
  about: string;
  onConfirm(note: string): void;
}

const MAX_NOTE_CHARS = 500;

/** Asks why, for those who come later. */
export function openNote({ title, ...rest }: NoteQuestion): void {
  const id = modals.open({ title, children: <Note {...rest} verb={title} close={() => modals.close(id)} /> });
}

function Note({
  verb,
  about,
  onConfirm,
  close,
}: Omit<NoteQuestion, 'title'> & { verb: string; close(): void }) {
  const [note, setNote] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    close();
    onConfirm(note.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{about}</Text>
        <Textarea
          label="Note"
          description="Why, and where it is put right; may be left empty"
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={MAX_NOTE_CHARS}
          autosize
          minRows={2}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit">{verb}</Button>
        </Group>
      </Stack>
    </form>
  );
}
