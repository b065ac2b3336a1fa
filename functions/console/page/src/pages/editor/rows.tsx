import { ActionIcon, Button, Fieldset, Group, Input, Stack } from '@mantine/core';
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { messageOf, useEditor, useField } from './editor-context.tsx';

interface Props {
  path: string;
  label: string;
  description: string;
  /** What one of them is called: `Cap`. */
  one: string;
  /** One as it begins. */
  blank: object;
  /** Of them; the API takes no more. */
  max: number;
  /** The first of them that holds decides. */
  ordered?: boolean;
  /** What stands there when the last is removed. @default nothing */
  none?: readonly never[];
  /** The fields of the one at that path. */
  children(path: string): ReactNode;
}

/** A list of things that have fields of their own. */
export function RowsField({ path, label, description, one, blank, max, ordered, none, children }: Props) {
  const { problems } = useEditor();
  const { value, set } = useField(path);
  const rows: readonly unknown[] = Array.isArray(value) ? value : [];
  const list = useRef<HTMLDivElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const isAdded = useRef(false);
  useEffect(() => {
    // Whoever adds one means to fill it in.
    if (isAdded.current) list.current?.querySelector<HTMLElement>('fieldset:last-of-type input')?.focus();
    isAdded.current = false;
  });
  const change = (next: readonly unknown[]) => set(next.length === 0 ? none : next);
  const remove = (at: number) => {
    change(rows.toSpliced(at, 1));
    addButton.current?.focus();
  };
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={description}
      error={messageOf(problems, path)}
      role="group"
      aria-label={label}
    >
      <Stack gap="xs" mt="xs" ref={list} align="flex-start">
        {rows.map((_, at) => {
          const name = `${one} ${at + 1}`;
          const rowPath = `${path}[${at}]`;
          const fault = messageOf(problems, rowPath);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: its place is all that tells one from another
            <Fieldset key={at} legend={name} w="100%">
              <Group align="flex-start" wrap="nowrap" gap="xs">
                <Stack gap="xs" flex={1} miw={0}>
                  {children(rowPath)}
                  {fault && <Input.Error>{fault}</Input.Error>}
                </Stack>
                <Stack gap={4}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Remove ${name}`}
                    onClick={() => remove(at)}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                  {ordered && at > 0 && (
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Move ${name} up`}
                      onClick={() => change(rows.with(at, rows[at - 1]).with(at - 1, rows[at]))}
                    >
                      <IconArrowUp size={16} />
                    </ActionIcon>
                  )}
                </Stack>
              </Group>
            </Fieldset>
          );
        })}
        <Button
          ref={addButton}
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={rows.length >= max}
          onClick={() => {
            isAdded.current = true;
            change([...rows, blank]);
          }}
        >
          Add a {one.toLowerCase()}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
