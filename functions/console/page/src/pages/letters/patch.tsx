import { Button, Checkbox, Group, JsonInput, Stack } from '@mantine/core';
import { modals } from '@mantine/modals';
import { type FormEvent, useState } from 'react';
import * as z from 'zod/mini';
import { readJson } from '../../parts/read-json.ts';

type Patch = Record<string, unknown>;
const PatchSchema = z.record(z.string(), z.unknown());

/** Asks what is to be changed in the payload of each. */
export function openPatch(onConfirm: (patch: Patch, canary: boolean) => void): void {
  const id = modals.open({
    title: 'Redrive with a change of payload',
    size: 'lg',
    children: <PatchForm onConfirm={onConfirm} close={() => modals.close(id)} />,
  });
}

const patchIn = (text: string): Patch | undefined => {
  const json = readJson(text);
  return json.ok ? PatchSchema.safeParse(json.value).data : undefined;
};

function PatchForm(props: { onConfirm(patch: Patch, canary: boolean): void; close(): void }) {
  const [text, setText] = useState('{\n  \n}');
  const [canary, setCanary] = useState(true);
  const patch = patchIn(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!patch) return;
    props.close();
    props.onConfirm(patch, canary);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <JsonInput
          label="Change"
          description='JSON merge patch of the payload that each run had: { "bucket": "reports" } changes its bucket and nothing else, null takes a field away. A run whose handler would refuse what comes of it stays dead.'
          value={text}
          onChange={setText}
          error={patch ? undefined : 'This is no JSON object yet'}
          minRows={5}
          data-autofocus
        />
        <Checkbox
          label="One of them first, as a canary; the others follow when it succeeds"
          checked={canary}
          onChange={(event) => setCanary(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={props.close}>
            Cancel
          </Button>
          <Button type="submit" disabled={!patch}>
            Redrive
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
